// SPDX-License-Identifier: Apache-2.0

package press

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	testRu = "Пишу при лампе.\nСвет гасят в десять.\n\nАрхив увезли ночью."
	testEn = "I write by lamplight.\nThey put out the light at ten.\n\nThe archive was taken away at night."
)

func testDraft() Draft {
	return Draft{
		Kind: KindLetter, Origin: "lamp.example/log", Series: "lamp", SeriesName: "Letters by lamplight", Number: 1, Revision: 1, Published: "2026-11-23",
		Texts: []Text{
			{Lang: "ru", Role: RoleOriginal, Title: "Письмо", Body: testRu},
			{Lang: "en", Role: RoleTranslation, From: BodyHash(testRu), Title: "A “letter” \\ <b>&", Body: testEn},
		},
		Credits:    []Credit{{CreditTranslator, "a volunteer"}},
		Statements: []Statement{{StatusVerified, "en", "The lights go out at ten."}, {StatusClaimed, "en", "The archive."}},
	}
}

func freeze(t testing.TB, d Draft) Edition {
	t.Helper()
	e, err := d.Freeze()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func testKey(t testing.TB, name string) EditorKey {
	t.Helper()
	k, err := EditorKeyFromSeed(name, sha256.Sum256([]byte(name)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signed(t testing.TB, e Edition, names ...string) SignOffs {
	t.Helper()
	var notes []SignOffs
	for _, n := range names {
		s, err := SignOff(e, testKey(t, n))
		if err != nil {
			t.Fatal(err)
		}
		notes = append(notes, s)
	}
	all, err := CollectSignOffs(notes...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func editors(t testing.TB, names ...string) []Editor {
	var list []Editor
	for _, n := range names {
		list = append(list, testKey(t, n).Editor())
	}
	return list
}

func TestEditionFromDeskToPress(t *testing.T) {
	e := freeze(t, testDraft())
	file := FormatFile(e, signed(t, e, "boris", "anna"))
	got, s, err := ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.Hash() != e.Hash() || !bytes.Equal(FormatFile(got, s), file) {
		t.Error("the file changed on the way")
	}
	who, err := s.Check(got, editors(t, "anna", "boris", "vera"), 2)
	if err != nil || len(who) != 2 || who[0].Name() != "anna" {
		t.Errorf("%v, %v", who, err)
	}
}

// TestEditionHasOnlyPublicFields holds the fields of an edition against the
// tables of the specification: a field for a sender, a channel or a time of
// reception cannot come in unseen.
func TestEditionHasOnlyPublicFields(t *testing.T) {
	spec, err := os.ReadFile("../spec/record.md")
	if err != nil {
		t.Fatal(err)
	}
	section := string(spec)[strings.Index(string(spec), "## 3. Edition"):strings.Index(string(spec), "## 4. Sign-off")]
	var want []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(section, -1) {
		want = append(want, m[1])
	}
	var got []string
	for _, v := range []any{Draft{}, Text{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			got = append(got, f.Tag.Get("json"))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("fields  %v\nallowed %v", got, want)
	}
	for v, fields := range map[any]int{Credit{}: 2, Statement{}: 3} {
		if n := reflect.TypeOf(v).NumField(); n != fields {
			t.Errorf("%T has %d fields, the specification %d", v, n, fields)
		}
	}
}

// TestG1EditionEveryByte flips, doubles, deletes each byte (peers G-1): what is
// still an edition has another hash, so both signatures fall.
func TestG1EditionEveryByte(t *testing.T) {
	e := freeze(t, testDraft())
	s := signed(t, e, "anna", "boris")
	ed := editors(t, "anna", "boris")
	raw := e.Bytes()
	check := func(what string, i int, b []byte) {
		got, err := ParseEdition(b)
		if err != nil {
			if !errors.Is(err, ErrEdition) {
				t.Fatalf("%s at %d: %v", what, i, err)
			}
			return
		}
		if _, err := s.Check(got, ed, 2); !errors.Is(err, ErrSignOff) {
			t.Fatalf("%s at %d: the sign-off still holds", what, i)
		}
	}
	for i := range raw {
		for bit := range 8 {
			b := bytes.Clone(raw)
			b[i] ^= 1 << bit
			check("flip", i, b)
		}
		check("delete", i, slices.Delete(bytes.Clone(raw), i, i+1))
		check("double", i, slices.Insert(bytes.Clone(raw), i, raw[i]))
		check("cut", i, raw[:i])
	}
	check("extend", len(raw), append(bytes.Clone(raw), '\n'))
	for _, swap := range swappedLines(raw) {
		if bytes.Equal(swap, raw) {
			continue
		}
		check("swap", 0, swap)
	}
}

// swappedLines gives the text with each two neighbouring lines exchanged, and
// each line doubled.
func swappedLines(b []byte) [][]byte {
	lines := bytes.SplitAfter(b, []byte("\n"))
	var out [][]byte
	for i := 0; i+1 < len(lines); i++ {
		if !bytes.Equal(lines[i], lines[i+1]) {
			l := slices.Clone(lines)
			l[i], l[i+1] = l[i+1], l[i]
			out = append(out, bytes.Join(l, nil))
		}
		out = append(out, bytes.Join(slices.Insert(slices.Clone(lines), i, lines[i]), nil))
	}
	return out
}

func TestEditionFileEveryByte(t *testing.T) {
	e := freeze(t, testDraft())
	file := FormatFile(e, signed(t, e, "anna", "boris"))
	ed := editors(t, "anna", "boris")
	for i := range file {
		b := bytes.Clone(file)
		b[i] ^= 1
		got, s, err := ParseFile(b)
		if err == nil {
			_, err = s.Check(got, ed, 2)
		}
		if err == nil {
			t.Fatalf("byte %d: taken", i)
		}
	}
}

func TestDraftRefused(t *testing.T) {
	for name, change := range map[string]func(*Draft){
		"no text":                     func(d *Draft) { d.Texts = nil },
		"nine texts":                  func(d *Draft) { d.Texts = make([]Text, 9) },
		"two originals":               func(d *Draft) { d.Texts[1].Role, d.Texts[1].From = RoleOriginal, "" },
		"original second":             func(d *Draft) { d.Texts[0], d.Texts[1] = d.Texts[1], d.Texts[0] },
		"same language":               func(d *Draft) { d.Texts[1].Lang = "ru" },
		"stale translation":           func(d *Draft) { d.Texts[0].Body += " Да." },
		"hash of a withheld original": func(d *Draft) { d.Texts = d.Texts[1:] },
		"paragraphs out of step":      func(d *Draft) { d.Texts[1].Body += "\n\nMore." },
		"number zero":                 func(d *Draft) { d.Number = 0 },
		"slug with a slash":           func(d *Draft) { d.Series = "../lamp" },
		"time in the day":             func(d *Draft) { d.Published = "2026-11-23T10:00" },
		"no such day":                 func(d *Draft) { d.Published = "2026-02-30" },
		"author credited":             func(d *Draft) { d.Credits[0].Role = "author" },
		"third status":                func(d *Draft) { d.Statements[0].Status = "likely" },
		"title of two lines":          func(d *Draft) { d.Texts[0].Title = "a\nb" },
		"two spaces":                  func(d *Draft) { d.SeriesName = "a  b" },
		"no-break space":              func(d *Draft) { d.SeriesName = "a\u00a0b" },
		"NFD":                         func(d *Draft) { d.SeriesName = "e\u0301" },
		"tab":                         func(d *Draft) { d.SeriesName = "a\tb" },
		"line separator":              func(d *Draft) { d.SeriesName = "a\u2028b" },
		"private use":                 func(d *Draft) { d.SeriesName = "a\ue000b" },
		"not UTF-8":                   func(d *Draft) { d.SeriesName = "a\xffb" },
		"origin with a space":         func(d *Draft) { d.Origin = "a b" },
		"body too long":               func(d *Draft) { d.Texts[0].Body = strings.Repeat("a", maxBody+1) },
	} {
		d := testDraft()
		d = d.clone()
		change(&d)
		if _, err := d.Freeze(); !errors.Is(err, ErrEdition) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignOffRefused(t *testing.T) {
	e := freeze(t, testDraft())
	other := testDraft()
	other.Texts[1].Body = strings.Replace(testEn, "night", "dawn", 1)
	o := freeze(t, other)
	ed := editors(t, "anna", "boris")
	twin, err := EditorKeyFromSeed("anna2", sha256.Sum256([]byte("anna")))
	if err != nil {
		t.Fatal(err)
	}
	twinSign, err := SignOff(e, twin)
	if err != nil {
		t.Fatal(err)
	}
	both, err := CollectSignOffs(signed(t, e, "anna"), twinSign)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		s  SignOffs
		ed []Editor
	}{
		"one signature":         {signed(t, e, "anna"), ed},
		"over another edition":  {signed(t, o, "anna", "boris"), ed},
		"with a stranger":       {signed(t, e, "anna", "boris", "mallory"), ed},
		"one key in two names":  {both, append(slices.Clone(ed), twin.Editor())},
		"one editor twice":      {signed(t, e, "anna", "anna"), ed},
		"nobody is an editor":   {signed(t, e, "anna", "boris"), nil},
		"no signatures at all?": {SignOffs{text: SignOffText(e)}, ed},
	} {
		if _, err := c.s.Check(e, c.ed, 2); !errors.Is(err, ErrSignOff) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := CollectSignOffs(signed(t, e, "anna"), signed(t, o, "boris")); !errors.Is(err, ErrSignOff) {
		t.Errorf("signatures over two editions were joined: %v", err)
	}
}

func TestTidyMakesClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb\rc":               "a\nb\nc",
		"\ufeff a \u00a0\t b \n":  "a b",
		"a\n \n\n\nb":             "a\n\nb",
		"e\u0301":                 "\u00e9",
		"one\u2009two\u2028three": "one two\nthree",
	} {
		if got := Tidy(in); got != want || checkBody(got) != nil {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	k := testKey(t, "anna")
	seed := k.Seed()
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %x %d", k, k, k, k, k, k), k.LogValue().String(), fmt.Sprint([]EditorKey{k})} {
		if strings.Contains(s, fmt.Sprintf("%x", seed[:4])) || !strings.Contains(s, "REDACTED") {
			t.Errorf("printed %q", s)
		}
	}
}

func TestVKeyRefusesOtherSpellings(t *testing.T) {
	v := testKey(t, "anna").Editor().String()
	if _, err := ParseEditor(v); err != nil {
		t.Fatal(err)
	}
	for i := range v {
		b := []byte(v)
		b[i] ^= 1
		if e, err := ParseEditor(string(b)); err == nil {
			t.Errorf("byte %d changed: %s", i, e)
		}
	}
	for _, bad := range []string{"", "+", "a+b", v + "\n", v + "+", strings.ToUpper(v), "a b" + v[4:]} {
		if _, err := ParseEditor(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

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
	"unicode"

	"tamizdat/press/internal/vectors"
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

func TestGateFindsHiddenMarks(t *testing.T) {
	for name, c := range map[string]struct {
		lang, body string
		stop       bool
		where      string // "" for no finding
	}{
		"clean":                 {"ru", "Пишу при лампе.", false, ""},
		"zero-width space":      {"ru", "Пи\u200bшу", true, "text ru, paragraph 1, character 3"},
		"in paragraph two":      {"ru", "Раз.\n\nДв\u2060а", true, "text ru, paragraph 2, character 3"},
		"soft hyphen":           {"en", "lamp\u00adlight", true, "character 5"},
		"bidi override":         {"en", "a \u202eb", true, "character 3"},
		"direction mark":        {"fa", "کنار \u200fچراغ", true, "character 6"},
		"variation selector":    {"en", "a\ufe0f", true, "character 2"},
		"variation supplement":  {"en", "a\U000e0101", true, "character 2"},
		"tag character":         {"en", "a\U000e0041", true, "character 2"},
		"filler":                {"en", "a \u3164 b", true, "character 3"},
		"braille blank":         {"en", "a \u2800 b", true, "character 3"},
		"grapheme joiner":       {"en", "a\u034fb", true, "character 2"},
		"zero-width no-break":   {"en", "a\ufeffb", true, "character 2"},
		"Farsi ZWNJ":            {"fa", "می\u200cنویسم", false, ""},
		"Farsi ZWJ":             {"fa", "ه\u200dم", false, ""},
		"ZWNJ at a word's end":  {"fa", "می\u200c نویسم", true, "character 3"},
		"two ZWNJ":              {"fa", "می\u200c\u200cنویسم", true, "character 3"},
		"ZWNJ in Russian":       {"ru", "Пи\u200cшу", true, "character 3"},
		"mixed alphabets":       {"ru", "Пишу при лaмпе.", false, "character 10"},
		"whole look-alike":      {"en", "The сор saw it.", false, "character 5"},
		"Latin in Russian":      {"ru", "по COBE", false, ""},
		"look-alike in Russian": {"ru", "он COP", false, "character 4"},
		"combining mark":        {"en", "x\u0332y", false, "character 2"},
		"Arabic vowel sign":     {"fa", "شبِ", false, ""},
	} {
		d := testDraft()
		d.Texts = []Text{{Lang: c.lang, Role: RoleOriginal, Title: "x", Body: c.body}}
		if c.lang == "ru" {
			d.Texts[0].Title = "х"
		}
		found := Gate(freeze(t, d))
		if c.where == "" {
			if len(found) > 0 && name != "Latin in Russian" {
				t.Errorf("%s: %v", name, found)
			}
			continue
		}
		if len(found) == 0 || !strings.HasSuffix(found[0].Where, c.where) || Stops(found) != c.stop || found[0].Remedy == "" {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestNoOneSignsWhatTheGateStops(t *testing.T) {
	d := testDraft()
	d.Credits[0].Name = "a\u200bb"
	if _, err := SignOff(freeze(t, d), testKey(t, "anna")); !errors.Is(err, ErrSignOff) {
		t.Errorf("signed: %v", err)
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

func editionVectors(t *testing.T) vectors.File {
	f := vectors.File{About: "Editions (spec/record.md §3). Bad ones must be refused by the parser; the classes gate-* parse and must be stopped by the gate."}
	e := string(freeze(t, testDraft()).Bytes())
	f.AddGood("a letter and its translation", []byte(e))
	withheld := testDraft()
	withheld.Texts = withheld.Texts[1:]
	withheld.Texts[0].From = ""
	f.AddGood("the original withheld", freeze(t, withheld).Bytes())
	later := testDraft()
	later.Kind, later.Texts = KindTranslation, later.Texts[1:]
	f.AddGood("a translation of its own", freeze(t, later).Bytes())
	bare := testDraft()
	bare.Credits, bare.Statements = nil, nil
	f.AddGood("empty lists", freeze(t, bare).Bytes())
	for _, c := range [][4]string{
		{"unknown-field", "a sender", "\n \"kind\"", "\n \"sender\": \"x\",\n \"kind\""},
		{"unknown-field", "a time of reception", "\n \"kind\"", "\n \"received\": \"2026-11-20\",\n \"kind\""},
		{"missing-field", "no revision", "\n \"revision\": 1,", ""},
		{"doubled-field", "number twice", "\n \"number\": 1,", "\n \"number\": 1,\n \"number\": 1,"},
		{"reordered", "revision before number", "\n \"number\": 1,\n \"revision\": 1,", "\n \"revision\": 1,\n \"number\": 1,"},
		{"spelling", "a space more", "\"number\": 1", "\"number\":  1"},
		{"spelling", "a number as 1.0", "\"number\": 1", "\"number\": 1.0"},
		{"spelling", "an escape more", "Letters by", "\\u004cetters by"},
		{"spelling", "field in capitals", "\"number\"", "\"Number\""},
		{"type", "a number as a string", "\"number\": 1", "\"number\": \"1\""},
		{"type", "a null list", "\"credits\": [\n  {\n   \"role\": \"translator\",\n   \"name\": \"a volunteer\"\n  }\n ]", "\"credits\": null"},
		{"bounds", "number zero", "\"number\": 1", "\"number\": 0"},
		{"bounds", "a slug that climbs", "\"series\": \"lamp\"", "\"series\": \"../lamp\""},
		{"value", "a day that does not exist", "2026-11-23", "2026-11-31"},
		{"value", "an author credited", "\"translator\"", "\"author\""},
		{"value", "another format", "edition/v1", "edition/v2"},
		{"lineage", "a stale translation", "увезли ночью", "увезли утром"},
		{"text", "a no-break space", "Letters by lamplight", "Letters by\u00a0lamplight"},
		{"text", "a decomposed letter", "Letters by", "Lette\u0301rs by"},
		{"text", "a carriage return", "lamplight.\\nThey", "lamplight.\\r\\nThey"},
		{"text", "a trailing space", "Letters by lamplight", "Letters by lamplight "},
		{"text", "three line feeds", "\\n\\nThe", "\\n\\n\\nThe"},
		{"gate-zero-width", "a zero-width space", "Letters", "Let\u200bters"},
		{"gate-bidi", "an override", "Letters", "Let\u202eters"},
		{"gate-soft-hyphen", "a soft hyphen", "Letters", "Let\u00adters"},
		{"gate-variation", "a variation selector", "Letters", "Let\ufe0eters"},
		{"gate-tag", "a tag character", "Letters", "Let\U000e0061ters"},
		{"gate-joiner", "ZWNJ outside Arabic script", "Letters", "Let\u200cters"},
	} {
		changed := strings.Replace(e, c[2], c[3], 1)
		if changed == e {
			t.Fatalf("%s changes nothing", c[1])
		}
		f.Add(c[0], c[1], []byte(changed))
	}
	f.Add("length", "cut short", []byte(e[:len(e)-1]))
	f.Add("length", "a byte too many", []byte(e+"\n"))
	f.Add("encoding", "not UTF-8", []byte(strings.Replace(e, "Letters", "Let\xffters", 1)))
	return f
}

func TestEditionVectors(t *testing.T) {
	vectors.Check(t, "../spec/vectors/record/edition.json", editionVectors(t), func(b []byte) error {
		e, err := ParseEdition(b)
		if err == nil && Stops(Gate(e)) {
			err = errors.New("stopped by the gate")
		}
		return err
	})
}

func TestSignOffVectors(t *testing.T) {
	e := freeze(t, testDraft())
	ed := editors(t, "anna", "boris", "vera")
	f := vectors.File{
		About: "Edition files: edition and sign-off (spec/record.md §4), threshold 2. An editor's seed is the SHA-256 of the name.",
		Context: map[string]string{
			"anna": ed[0].String(), "boris": ed[1].String(), "vera": ed[2].String(),
		},
	}
	two := string(FormatFile(e, signed(t, e, "anna", "boris")))
	f.AddGood("two of three", []byte(two))
	f.AddGood("three of three", FormatFile(e, signed(t, e, "anna", "boris", "vera")))
	f.Add("threshold", "one signature", FormatFile(e, signed(t, e, "anna")))
	f.Add("stranger", "a third signature by nobody known", FormatFile(e, signed(t, e, "anna", "boris", "mallory")))
	other := testDraft()
	other.Number = 2
	o := freeze(t, other)
	f.Add("other-edition", "signatures over letter 2", FormatFile(e, signed(t, o, "anna", "boris")))
	lines := strings.SplitAfter(two, "\n")
	n := len(lines)
	f.Add("reordered", "signature lines exchanged", []byte(strings.Join(lines[:n-3], "")+lines[n-2]+lines[n-3]))
	f.Add("doubled", "a signature line twice", []byte(two+lines[n-2]))
	f.Add("extended", "a byte too many", []byte(two+"\n"))
	f.Add("cut", "the last line feed gone", []byte(two[:len(two)-1]))
	f.Add("cut", "no sign-off", e.Bytes())
	f.Add("altered", "a word of the letter", []byte(strings.Replace(two, "taken away", "taken Away", 1)))
	f.Add("altered", "the series in the signed text", []byte(strings.Replace(two, "\nletter lamp ", "\nletter lump ", 1)))
	f.Add("altered", "a signature", []byte(two[:len(two)-20]+"A"+two[len(two)-19:]))
	vectors.Check(t, "../spec/vectors/record/signoff.json", f, func(b []byte) error {
		e, s, err := ParseFile(b)
		if err == nil {
			_, err = s.Check(e, ed, 2)
		}
		return err
	})
}

func FuzzParseEdition(f *testing.F) {
	f.Add(freeze(f, testDraft()).Bytes())
	f.Add([]byte(`{"format":"tamizdat-edition/v1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEdition(b)
		if err != nil {
			return
		}
		if !bytes.Equal(e.Bytes(), b) {
			t.Fatal("two spellings of one edition")
		}
		_ = Gate(e)
	})
}

func FuzzParseFile(f *testing.F) {
	e := freeze(f, testDraft())
	f.Add(FormatFile(e, signed(f, e, "anna", "boris")))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, s, err := ParseFile(b)
		if err == nil && !bytes.Equal(FormatFile(e, s), b) {
			t.Fatal("two spellings of one edition file")
		}
	})
}

func FuzzParseSignOffs(f *testing.F) {
	f.Add(signed(f, freeze(f, testDraft()), "anna", "boris").Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSignOffs(b)
		if err == nil && !bytes.Equal(s.Bytes(), b) {
			t.Fatal("two spellings of one sign-off")
		}
	})
}

func FuzzTidy(f *testing.F) {
	f.Add("a\r\n\u00a0b\u2029c  d\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		out := Tidy(s)
		if Tidy(out) != out {
			t.Fatalf("%q: tidying twice gives %q", out, Tidy(out))
		}
		bad := func(r rune) bool {
			return r != '\n' && (unicode.IsControl(r) || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf, unicode.Z))
		}
		if out == "" || len(out) > maxBody || strings.ContainsFunc(out, bad) || strings.ContainsRune(out, '\ufffd') || strings.Count(out, "\n\n") >= maxParagraphs {
			return
		}
		if err := checkBody(out); err != nil {
			t.Fatalf("%q is not clean: %v", out, err)
		}
	})
}

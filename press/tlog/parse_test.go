// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tamizdat/press/internal/vectors"
)

// testProof is a witnessed proof of the middle of seven entries.
func testProof(t testing.TB) (Proof, Policy, testSigner) {
	t.Helper()
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	fill(t, l, s, 7)
	cosign(t, l, "w1.example", "w2.example")
	p, err := l.Prove(3, Salt{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	return p, testPolicy(t, s, 2, "w1.example", "w2.example"), s
}

// asGood tells whether a changed file still gets the full answer for the same
// entry: that must never be.
func asGood(b []byte, policy Policy, want Proof) bool {
	p, err := ParseProof(b)
	if err != nil {
		return false
	}
	v, err := policy.Judge(p, testNow)
	return err == nil && v.Answer == Witnessed && p.Salt == want.Salt
}

// TestG1ProofEveryByte changes a proof in every way (peers G-1). The salt is
// bound by the content hash, which the caller checks; so it is compared here.
func TestG1ProofEveryByte(t *testing.T) {
	p, policy, _ := testProof(t)
	file := p.Bytes()
	if !asGood(file, policy, p) {
		t.Fatal("the true proof does not verify")
	}
	for i, b := range mutations(file) {
		if asGood(b, policy, p) {
			t.Fatalf("mutation %d was taken:\n%s", i, b)
		}
	}
}

// TestG1CheckpointEveryByte does the same for a checkpoint.
func TestG1CheckpointEveryByte(t *testing.T) {
	p, policy, s := testProof(t)
	file := p.Checkpoint()
	for i, b := range mutations(file) {
		v, _, err := policy.JudgeCheckpoint(b, testNow)
		if err == nil && v.Answer == Witnessed && len(v.Ignored) == 0 {
			t.Fatalf("mutation %d was taken:\n%s", i, b)
		}
		if cp, err := ParseCheckpoint(b, s.pub); err == nil && cp.Tree != p.Tree() {
			t.Fatalf("mutation %d gave another tree", i)
		}
	}
}

// mutations gives every one-bit flip, cut, deletion and doubling of a byte,
// every doubled, dropped and exchanged line, and some extensions.
func mutations(b []byte) [][]byte {
	var out [][]byte
	for i := range b {
		for bit := range 8 {
			c := bytes.Clone(b)
			c[i] ^= 1 << bit
			out = append(out, c)
		}
		out = append(out, bytes.Clone(b[:i]), slices.Delete(bytes.Clone(b), i, i+1), slices.Insert(bytes.Clone(b), i, b[i]))
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	for i := range lines {
		out = append(out, bytes.Join(slices.Delete(slices.Clone(lines), i, i+1), nil), bytes.Join(slices.Insert(slices.Clone(lines), i, lines[i]), nil))
		for j := range i {
			l := slices.Clone(lines)
			l[i], l[j] = l[j], l[i]
			out = append(out, bytes.Join(l, nil))
		}
	}
	for _, tail := range []string{"\n", " ", "\x00", "x"} {
		out = append(out, append(bytes.Clone(b), tail...))
	}
	// Signature lines may stand in any order; an inserted equal byte may give
	// the same file.
	return slices.DeleteFunc(out, func(c []byte) bool { return sameLines(b, c) })
}

func sameLines(a, b []byte) bool {
	x, y := strings.SplitAfter(string(a), "\n"), strings.SplitAfter(string(b), "\n")
	slices.Sort(x)
	slices.Sort(y)
	return bytes.Equal(a, b) || len(a) == len(b) && slices.Equal(x, y) && strings.Split(string(a), "\n")[0] == strings.Split(string(b), "\n")[0] && signaturesOnly(a, b)
}

// signaturesOnly tells whether two files differ only within their signature
// lines.
func signaturesOnly(a, b []byte) bool {
	i, j := bytes.Index(a, []byte("\n\n—")), bytes.Index(b, []byte("\n\n—"))
	return i > 0 && i == j && bytes.Equal(a[:i], b[:j])
}

func TestEntryEveryByte(t *testing.T) {
	raw := testEntry(t, 0).Bytes()
	for i := range raw {
		for bit := range 8 {
			b := bytes.Clone(raw)
			b[i] ^= 1 << bit
			e, err := ParseEntry(b)
			if err == nil && !bytes.Equal(e.Bytes(), b) {
				t.Fatalf("byte %d: two spellings of one entry", i)
			}
			if err != nil && !errors.Is(err, ErrEntry) {
				t.Fatal(err)
			}
		}
	}
}

func TestPolicyTable(t *testing.T) {
	log := newTestSigner(t, "lamp.example/log").pub
	w := func(n string) string { return testWitness(t, n).Witness().String() }
	base := fmt.Sprintf("# whom we believe\nlog %s https://lamp.example\n\twitness a %s\nwitness b %s http://b\n witness c %s\n", log, w("a.example"), w("b.example"), w("c.example"))
	for name, c := range map[string]struct {
		text string
		bad  bool
		need [][]string // witnesses that are just enough
		lack [][]string // and that are not
	}{
		"two of three": {base + "group g 2 a b c\nquorum g\n", false, [][]string{{"a", "b"}, {"b", "c"}}, [][]string{{"a"}, {}}},
		"any":          {base + "group g any a b\nquorum g\n", false, [][]string{{"a"}, {"b"}}, [][]string{{"c"}}},
		"all":          {base + "group g all a b\nquorum g\n", false, [][]string{{"a", "b"}}, [][]string{{"a", "c"}}},
		"one witness":  {base + "quorum c\n", false, [][]string{{"c"}}, [][]string{{"a", "b"}}},
		"nested":       {base + "group g any a b\ngroup h all g c\nquorum h\n", false, [][]string{{"a", "c"}}, [][]string{{"a", "b"}}},
		"no quorum":    {base, true, nil, nil},
		"two quorums":  {base + "quorum a\nquorum a\n", true, nil, nil},
		"unknown":      {base + "quorum x\n", true, nil, nil},
		"later member": {base + "group g any x\nwitness x " + w("x") + "\nquorum g\n", true, nil, nil},
		"member twice": {base + "group g 2 a a\nquorum g\n", true, nil, nil},
		"two groups":   {base + "group g any a\ngroup h any a\nquorum h\n", true, nil, nil},
		"k too large":  {base + "group g 4 a b c\nquorum g\n", true, nil, nil},
		"k zero":       {base + "group g 0 a\nquorum g\n", true, nil, nil},
		"k as 01":      {base + "group g 01 a\nquorum g\n", true, nil, nil},
		"none a name":  {base + "witness none " + w("x") + "\nquorum none\n", true, nil, nil},
		"one key, two": {base + "witness d " + w("a.example") + "\nquorum a\n", true, nil, nil},
		"log twice":    {base + "log " + log.String() + "\nquorum a\n", true, nil, nil},
		"cut":          {base + "quorum a", true, nil, nil},
		"other line":   {base + "trust me\nquorum a\n", true, nil, nil},
		"carriage ret": {base + "quorum a\r\n", true, nil, nil},
		"log as vkey":  {base + "witness d " + log.String() + "\nquorum a\n", true, nil, nil},
	} {
		p, err := ParsePolicy([]byte(c.text))
		if (err != nil) != c.bad || (err != nil && !errors.Is(err, ErrPolicy)) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, names := range c.need {
			if !p.satisfied(p.quorum, set(names)) {
				t.Errorf("%s: %v should be enough", name, names)
			}
		}
		for _, names := range c.lack {
			if p.satisfied(p.quorum, set(names)) {
				t.Errorf("%s: %v should not be enough", name, names)
			}
		}
	}
}

func set(names []string) map[string]bool {
	m := make(map[string]bool)
	for _, n := range names {
		m[n] = true
	}
	return m
}

func TestWitnessCountsOnce(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	l := openLog(t, t.TempDir(), s)
	fill(t, l, s, 1)
	policy := testPolicy(t, s, 2, "w1.example", "w2.example")
	for _, at := range []time.Time{testNow, testNow.Add(time.Second)} {
		line, err := testWitness(t, "w1.example").Cosign(l.head, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.AddCosignatures(line); err != nil {
			t.Fatal(err)
		}
	}
	v, _, err := policy.JudgeCheckpoint(l.head.Bytes(), testNow)
	if err != nil || v.Accepted || len(v.Cosignatures) != 1 {
		t.Errorf("one witness twice: %v, %v", v, err)
	}
}

func TestEntryRefused(t *testing.T) {
	anna, boris := testEditorKey(t, "anna").Editor().String(), testEditorKey(t, "boris").Editor().String()
	w := testWitness(t, "w1.example").Witness().String()
	good := Genesis{Origin: "lamp.example/log", Newsroom: "The Lamp", Editors: []string{anna, boris}, Threshold: 2, Witnesses: []string{w}, Quorum: 1, Published: "2026-11-23"}
	if _, err := NewGenesis(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Genesis){
		"threshold above":       func(g *Genesis) { g.Threshold = 3 },
		"threshold zero":        func(g *Genesis) { g.Threshold = 0 },
		"no editor":             func(g *Genesis) { g.Editors, g.Threshold = nil, 0 },
		"one editor twice":      func(g *Genesis) { g.Editors = []string{anna, anna} },
		"one witness twice":     func(g *Genesis) { g.Witnesses = []string{w, w} },
		"quorum zero":           func(g *Genesis) { g.Quorum = 0 },
		"quorum above":          func(g *Genesis) { g.Quorum = 2 },
		"notice of two lines":   func(g *Genesis) { g.Notice = "a\nb" },
		"no newsroom":           func(g *Genesis) { g.Newsroom = "" },
		"origin with a space":   func(g *Genesis) { g.Origin = "a b" },
		"a witness as editor":   func(g *Genesis) { g.Editors[0] = w },
		"a time in the day":     func(g *Genesis) { g.Published = "2026-11-23 10:00" },
		"seventeen of the same": func(g *Genesis) { g.Editors = slices.Repeat([]string{anna}, 17) },
	} {
		g := good
		g.Editors = slices.Clone(good.Editors)
		change(&g)
		if _, err := NewGenesis(g); !errors.Is(err, ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyChangesKeepTheThreshold(t *testing.T) {
	anna, boris, vera := testEditorKey(t, "anna").Editor(), testEditorKey(t, "boris").Editor(), testEditorKey(t, "vera").Editor()
	both, err := ParseEditors([]string{anna.String(), boris.String()})
	if err != nil {
		t.Fatal(err)
	}
	change := func(action, vkey string) error {
		_, err := ApplyKey(both, 2, KeyChange{Action: action, Role: "editor", VKey: vkey})
		return err
	}
	if change("add", vera.String()) != nil {
		t.Error("a third editor was refused")
	}
	for name, err := range map[string]error{
		"revoke below the threshold": change("revoke", anna.String()),
		"revoke a stranger":          change("revoke", vera.String()),
		"add one twice":              change("add", anna.String()),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestEntryVectors(t *testing.T) {
	anna, boris := testEditorKey(t, "anna").Editor().String(), testEditorKey(t, "boris").Editor().String()
	f := vectors.File{About: "Log entries (spec/record.md §5). Entries of unknown type or version are good for a verifier, which shows them as unknown."}
	genesis, err := NewGenesis(Genesis{
		Origin: "lamp.example/log", Newsroom: "The Lamp", Notice: "invented", Editors: []string{anna, boris}, Threshold: 2,
		Witnesses: []string{testWitness(t, "w1.example").Witness().String()}, Quorum: 1, Published: "2026-11-23",
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := NewKeyChange(KeyChange{Action: "revoke", Role: "editor", VKey: boris, Published: "2026-11-24"})
	if err != nil {
		t.Fatal(err)
	}
	letter := string(testEntry(t, 0).Bytes())
	f.AddGood("genesis", genesis.Bytes())
	f.AddGood("key", key.Bytes())
	f.AddGood("letter", []byte(letter))
	f.AddGood("translation", []byte(strings.Replace(letter, `"letter"`, `"translation"`, 1)))
	f.AddGood("unknown type", []byte(`{"v":1,"type":"denial","text":"x"}`))
	f.AddGood("unknown version", []byte(`{"v":2,"type":"letter"}`))
	for _, c := range [][4]string{
		{"unknown-field", "a sender", `,"series"`, `,"sender":"x","series"`},
		{"missing-field", "no newsroom", `"newsroom":"The Lamp",`, ``},
		{"missing-field", "no type", `"type":"letter",`, ``},
		{"doubled-field", "number twice", `"number":1,`, `"number":1,"number":1,`},
		{"reordered", "number and series", `"series":"lamp","number":1`, `"number":1,"series":"lamp"`},
		{"spelling", "white space", `"number":1`, `"number": 1`},
		{"spelling", "an escape", `"The Lamp"`, `"The \u004camp"`},
		{"value", "a short hash", `"signoff":"e3`, `"signoff":"`},
		{"value", "a hash in capitals", `"signoff":"e3`, `"signoff":"E3`},
		{"value", "a language", `"ru"`, `"RU"`},
		{"value", "no languages", `["ru","en"]`, `[]`},
		{"value", "null languages", `["ru","en"]`, `null`},
		{"value", "a day", `2026-11-23`, `2026-13-23`},
		{"extended", "a line feed after", `"2026-11-23"}`, "\"2026-11-23\"}\n"},
		{"cut", "no closing brace", `"2026-11-23"}`, `"2026-11-23"`},
	} {
		changed := strings.Replace(letter, c[2], c[3], 1)
		if changed == letter {
			t.Fatalf("%s changes nothing", c[1])
		}
		f.Add(c[0], c[1], []byte(changed))
	}
	f.Add("keys", "a threshold out of reach", []byte(strings.Replace(string(genesis.Bytes()), `"threshold":2`, `"threshold":3`, 1)))
	f.Add("keys", "one editor twice", []byte(strings.Replace(string(genesis.Bytes()), boris, anna, 1)))
	f.Add("keys", "a role that is not", []byte(strings.Replace(string(key.Bytes()), `"editor"`, `"reader"`, 1)))
	vectors.Check(t, "../../spec/vectors/record/entry.json", f, func(b []byte) error {
		_, err := ParseEntry(b)
		return err
	})
}

func TestProofVectors(t *testing.T) {
	p, policy, s := testProof(t)
	good := string(p.Bytes())
	f := vectors.File{
		About:   "Proofs (spec/record.md §7), to be judged at the time and under the policy given. Bad ones must not be answered with “witnessed”.",
		Context: map[string]string{"now": testNow.Format(time.RFC3339), "policy": string(policyText(t, s))},
	}
	f.AddGood("entry 3 of 7, two witnesses", []byte(good))
	for _, c := range [][4]string{
		{"index", "another index", "index 3\n", "index 2\n"},
		{"index", "beyond the tree", "index 3\n", "index 7\n"},
		{"spelling", "a leading zero", "index 3\n", "index 03\n"},
		{"version", "another version", "proof@v1", "proof@v2"},
		{"size", "another size", "\n7\n", "\n8\n"},
		{"origin", "another log", "\n\nlamp.", "\n\nlump."},
		{"cosignature", "a witness renamed", "w1.example", "w9.example"},
		{"extended", "an extension line", "\n7\n", "\n7\nextra\n"},
	} {
		f.Add(c[0], c[1], []byte(strings.Replace(good, c[2], c[3], 1)))
	}
	lines := strings.SplitAfter(good, "\n")
	f.Add("no-entry", "no extra line", []byte(lines[0]+strings.Join(lines[2:], "")))
	f.Add("path", "a hash too few", []byte(strings.Join(lines[:3], "")+strings.Join(lines[4:], "")))
	f.Add("path", "a hash too many", []byte(strings.Join(lines[:4], "")+strings.Join(lines[3:], "")))
	f.Add("path", "two hashes exchanged", []byte(strings.Join(lines[:3], "")+lines[4]+lines[3]+strings.Join(lines[5:], "")))
	f.Add("doubled", "a cosignature twice", []byte(good+lines[len(lines)-2]))
	f.Add("cut", "the last line feed gone", []byte(good[:len(good)-1]))
	f.Add("unsigned", "the log's signature gone", []byte(strings.Replace(good, lines[len(lines)-4], "", 1)))
	f.Add("unwitnessed", "one cosignature gone", []byte(strings.Replace(good, lines[len(lines)-2], "", 1)))
	vectors.Check(t, "../../spec/vectors/record/proof.json", f, func(b []byte) error {
		if !asGood(b, policy, p) {
			return errors.New("not witnessed")
		}
		return nil
	})
}

func policyText(t testing.TB, s testSigner) []byte {
	var list []PolicyWitness
	for _, n := range []string{"w1.example", "w2.example"} {
		list = append(list, PolicyWitness{Name: n, Key: testWitness(t, n).Witness()})
	}
	return FormatPolicy(s.pub, list, 2)
}

func TestPolicyVectors(t *testing.T) {
	s := newTestSigner(t, "lamp.example/log")
	good := string(policyText(t, s))
	f := vectors.File{About: "Policies (spec/record.md §8)."}
	f.AddGood("two of two", []byte(good))
	f.AddGood("comments and white space", []byte("# ours\n\n \t"+good))
	f.AddGood("no witness asked for", []byte("log "+s.pub.String()+"\nquorum none\n"))
	for _, c := range [][4]string{
		{"name", "an unknown member", "2 w1.example w2", "2 w1.example w3"},
		{"threshold", "three of two", "enough 2", "enough 3"},
		{"threshold", "none of two", "enough 2", "enough 0"},
		{"keyword", "a stranger", "quorum", "quarum"},
		{"key", "a digit of a key id", "lamp.example/log+", "lamp.example/log+0"},
		{"cut", "the last line feed gone", "quorum enough\n", "quorum enough"},
		{"missing", "no quorum", "quorum enough\n", "\n"},
		{"doubled", "two quorum lines", "quorum enough\n", "quorum enough\nquorum enough\n"},
		{"control", "a carriage return", "quorum enough\n", "quorum enough\r\n"},
	} {
		f.Add(c[0], c[1], []byte(strings.Replace(good, c[2], c[3], 1)))
	}
	f.Add("encoding", "not UTF-8", []byte("# \xff\n"+good))
	vectors.Check(t, "../../spec/vectors/record/policy.json", f, func(b []byte) error {
		_, err := ParsePolicy(b)
		return err
	})
}

func FuzzParseEntry(f *testing.F) {
	f.Add(testEntry(f, 0).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := ParseEntry(b); err == nil && !bytes.Equal(e.Bytes(), b) {
			t.Fatal("two spellings of one entry")
		}
	})
}

func FuzzParseProof(f *testing.F) {
	p, policy, _ := testProof(f)
	f.Add(p.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := ParseProof(b)
		if err != nil {
			return
		}
		if !bytes.Equal(q.Bytes(), b) {
			t.Fatal("two spellings of one proof")
		}
		_ = q.ClaimedCosignatures()
		if v, err := policy.Judge(q, testNow); err == nil && (q.Index != 3 || v.Size != 7) {
			t.Fatal("a proof of something else was believed")
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	p, _, s := testProof(f)
	f.Add(p.Checkpoint())
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := splitCheckpoint(b); err != nil {
			return
		}
		if cp, err := ParseCheckpoint(b, s.pub); err == nil && (!bytes.Equal(cp.Bytes(), b) || cp.Tree != p.Tree()) {
			t.Fatal("a checkpoint that the log never signed, or spelt otherwise")
		}
	})
}

func FuzzParsePolicy(f *testing.F) {
	f.Add(policyText(f, newTestSigner(f, "lamp.example/log")))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePolicy(b)
		if err == nil && p.Quorate() && p.satisfied(p.quorum, nil) {
			t.Fatal("a quorum of nobody")
		}
	})
}

func FuzzParseBundle(f *testing.F) {
	f.Add(formatBundle([][]byte{[]byte("a"), {}, []byte("ccc")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if leaves, err := parseBundle(b, -1); err == nil && !bytes.Equal(formatBundle(leaves), b) {
			t.Fatal("two spellings of one bundle")
		}
	})
}

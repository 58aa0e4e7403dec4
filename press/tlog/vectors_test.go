// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tamizdat/press/internal/vectors"
)

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

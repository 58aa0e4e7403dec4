// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tamizdat/press/internal/vectors"
	"tamizdat/press/tlog"
)

func TestPageVectors(t *testing.T) {
	f, tree := standard(t)
	e, err := tlog.ParseEntry(f.log.Entry(0))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := PublishedPolicy(f.pub, *e.Genesis)
	if err != nil {
		t.Fatal(err)
	}
	v := vectors.File{
		About:   "Letter pages, to be checked alone (spec/record.md §10) at the time and under the policy given.",
		Context: map[string]string{"now": testNow.Format(time.RFC3339), "policy": string(policy)},
	}
	good := string(tree["letters/lamp-2.html"])
	v.AddGood("two languages", []byte(good))
	v.AddGood("a translation logged later, right to left", tree["letters/lamp-1.html"])
	for _, c := range [][4]string{
		{"words", "a letter of the text", "lamplight,", "lamplighy,"},
		{"words", "a title", "<h1>They are", "<h1>We are"},
		{"words", "a statement", "no second source", "one second source"},
		{"style", "a colour", "--ink:#1b1a18", "--ink:#1b1a19"},
		{"policy", "a looser content policy", "default-src 'none'", "default-src *"},
		{"script", "a script", "</body>", "<script>1</script></body>"},
		{"record", "no record", `<template id="record">`, `<template>`},
		{"record", "two records", `</body>`, `<template id="record"></template></body>`},
		{"record", "another number of editions", "editions 1", "editions 2"},
		{"record", "a digit of the proof", "index 2", "index 1"},
		{"record", "a witness renamed", "partner.example/w1 V", "partner.example/w9 V"},
		{"facts", "another number", "&#34;number&#34;:2", "&#34;number&#34;:3"},
		{"extended", "a line feed more", "</html>\n", "</html>\n\n"},
		{"cut", "the end gone", "</html>\n", ""},
	} {
		changed := strings.Replace(good, c[2], c[3], 1)
		if changed == good {
			t.Fatalf("%s changes nothing", c[1])
		}
		v.Add(c[0], c[1], []byte(changed))
	}
	vectors.Check(t, "../../spec/vectors/record/page.json", v, func(b []byte) error {
		if r := VerifyPage("page.html", b, nil, f.policy(), testNow); !r.OK() {
			return fmt.Errorf("%s %v", r.Answer(), r.Problems)
		}
		return nil
	})
}

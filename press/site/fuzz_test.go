// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"strings"
	"testing"

	"tamizdat/press/tlog"
)

func FuzzVerifyPage(f *testing.F) {
	fix, tree := standard(f)
	policy := fix.policy()
	good := tree["letters/lamp-2.html"]
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		r := VerifyPage("page.html", b, nil, policy, testNow)
		if r.OK() && !bytes.Equal(b, good) && !bytes.Equal(b, tree["letters/lamp-1.html"]) {
			t.Fatal("a page that was never printed was verified")
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	_, tree := standard(f)
	block, err := findRecord(string(tree["letters/lamp-1.html"]))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(block)
	f.Fuzz(func(_ *testing.T, s string) {
		_, _ = parseRecord(s) // must not panic, and ends
	})
}

func FuzzParseManifest(f *testing.F) {
	fix, tree := standard(f)
	text, err := tlog.OpenNote(tree[ManifestName], fix.pub)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, s string) {
		_, _, files, err := parseManifest(s)
		for p := range files {
			if err == nil && (strings.Contains(p, "..") && strings.Contains(p, "/..") || strings.HasPrefix(p, "/")) {
				t.Fatalf("the path %q climbs", p)
			}
		}
	})
}

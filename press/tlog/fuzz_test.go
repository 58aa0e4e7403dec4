// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"testing"
)

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

// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"path/filepath"
	"testing"
)

func log5k(b *testing.B) (*Log, testSigner) {
	s := newTestSigner(b, "lamp.example/log")
	l := openLog(b, b.TempDir(), s)
	fill(b, l, s, 5000)
	return l, s
}

// notingSigner writes what it signs to disk first, as press/tlog/signer does.
type notingSigner struct {
	testSigner
	path string
}

func (s notingSigner) SignTree(t Tree) ([]byte, error) {
	if err := writeDurably(s.path, []byte(FormatTree(s.pub.Origin(), t))); err != nil {
		return nil, err
	}
	return s.testSigner.SignTree(t)
}

// BenchmarkPublish5k adds one entry to a log of 5,000, durably.
func BenchmarkPublish5k(b *testing.B) {
	l, s := log5k(b)
	signer := notingSigner{s, filepath.Join(b.TempDir(), "signed")}
	for b.Loop() {
		if err := l.Append(signer, testEntry(b, int(l.Size()))); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkProve5k makes the proof of one entry of 5,000.
func BenchmarkProve5k(b *testing.B) {
	l, _ := log5k(b)
	cosign(b, l, "w1.example", "w2.example", "w3.example")
	for b.Loop() {
		p, err := l.Prove(1234, Salt{})
		if err != nil || len(p.Bytes()) == 0 {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify5k parses and judges a proof file with three cosignatures.
func BenchmarkVerify5k(b *testing.B) {
	l, s := log5k(b)
	cosign(b, l, "w1.example", "w2.example", "w3.example")
	policy := testPolicy(b, s, 2, "w1.example", "w2.example", "w3.example")
	p, err := l.Prove(1234, Salt{})
	if err != nil {
		b.Fatal(err)
	}
	file := p.Bytes()
	for b.Loop() {
		p, err := ParseProof(file)
		if err != nil {
			b.Fatal(err)
		}
		if v, err := policy.Judge(p, testNow); err != nil || v.Answer != Witnessed {
			b.Fatal(v, err)
		}
	}
}

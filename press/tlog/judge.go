// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"errors"
	"fmt"
	"time"

	"tamizdat/press/internal/signednote"
)

// Answer is what a reader is told (spec/record.md §6).
type Answer int

// The three answers. The zero value is the one that trusts nothing.
const (
	NotOurs     Answer = iota // not in a log that the policy names
	Unwitnessed               // in the log, but too few witnesses, or none
	Witnessed                 // in the log, and seen by enough witnesses
)

// Cosignature is a verified signature of a witness of the policy.
type Cosignature struct {
	Witness string // the key's name
	Time    time.Time
}

// Verdict is an answer with its grounds.
type Verdict struct {
	Answer       Answer
	Origin       string
	Size         int64
	Index        int64 // of the entry; -1 where a checkpoint alone was judged
	Cosignatures []Cosignature
	Of           int      // witnesses that the policy names
	Accepted     bool     // the policy's quorum is met, or it asks for none
	Ignored      []string // names on signature lines of unknown keys
}

// String gives the answer in the words for a reader.
func (v Verdict) String() string {
	switch v.Answer {
	case Witnessed:
		return fmt.Sprintf("in the log, and witnessed by %d of %d", len(v.Cosignatures), v.Of)
	case Unwitnessed:
		if len(v.Cosignatures) > 0 {
			return fmt.Sprintf("in the log, not witnessed by enough: %d of %d", len(v.Cosignatures), v.Of)
		}
		return "in the log, not witnessed"
	}
	return "not ours"
}

// Since is the earliest time at which a witness saw the tree; ok is false
// without witnesses. A printed date proves nothing, this does (peers G-2).
func (v Verdict) Since() (t time.Time, ok bool) {
	for _, c := range v.Cosignatures {
		if !ok || c.Time.Before(t) {
			t, ok = c.Time, true
		}
	}
	return t, ok
}

// clockSlack is how far a witness's clock may be ahead of the reader's.
const clockSlack = 10 * time.Minute

// ErrNotOurs says that no log of the policy signed what was shown.
var ErrNotOurs = errors.New("not ours: no log of this policy has signed it")

// Judge verifies the proof and its entry under the policy. An error means
// [NotOurs]; it wraps [ErrNotOurs] when the log is a stranger and another
// error when something was altered. The content behind the entry is for
// the caller to check, with [ContentHash].
func (p Policy) Judge(proof Proof, now time.Time) (Verdict, error) {
	v, _, err := p.JudgeCheckpoint(proof.Checkpoint(), now)
	if err != nil {
		return Verdict{}, err
	}
	if err := proof.checkInclusion(); err != nil {
		return Verdict{}, err
	}
	v.Index = proof.Index
	return v, nil
}

// JudgeCheckpoint verifies a checkpoint under the policy.
func (p Policy) JudgeCheckpoint(b []byte, now time.Time) (Verdict, Checkpoint, error) {
	head, err := splitCheckpoint(b)
	if err != nil {
		return Verdict{}, Checkpoint{}, err
	}
	log, ok := p.log(head.origin)
	if !ok {
		return Verdict{}, Checkpoint{}, fmt.Errorf("%w: its log calls itself %q", ErrNotOurs, head.origin)
	}
	if err := head.checkLog(log); err != nil {
		return Verdict{}, Checkpoint{}, fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	v := Verdict{Answer: Unwitnessed, Origin: head.origin, Size: head.Size, Index: -1, Of: len(p.witnesses)}
	if err := p.countWitnesses(&v, head, log, now); err != nil {
		return Verdict{}, Checkpoint{}, err
	}
	return v, head, nil
}

func (p Policy) log(origin string) (LogKey, bool) {
	for _, k := range p.logs {
		if k.Origin() == origin {
			return k, true
		}
	}
	return LogKey{}, false
}

func (p Policy) countWitnesses(v *Verdict, head Checkpoint, log LogKey, now time.Time) error {
	cosigned := make(map[string]bool)
	for _, s := range head.sigs {
		w, ok := p.witness(s)
		if !ok {
			if s.Name != log.Name() || s.Hash != log.Hash() {
				v.Ignored = append(v.Ignored, s.Name)
			}
			continue
		}
		t, ok := w.Key.Verify([]byte(head.Text()), s.Raw)
		if !ok {
			return fmt.Errorf("%w: the cosignature of %s is not over this tree", ErrCheckpoint, s.Name)
		}
		if t.After(now.Add(clockSlack)) {
			return fmt.Errorf("%w: the cosignature of %s is dated %s, in the future: check this machine's clock", ErrCheckpoint, s.Name, t.Format(time.RFC3339))
		}
		if !cosigned[w.Name] {
			v.Cosignatures = append(v.Cosignatures, Cosignature{Witness: s.Name, Time: t})
		}
		cosigned[w.Name] = true
	}
	v.Accepted = !p.Quorate()
	if p.Quorate() && p.satisfied(p.quorum, cosigned) {
		v.Answer, v.Accepted = Witnessed, true
	}
	return nil
}

func (p Policy) witness(s signednote.Signature) (PolicyWitness, bool) {
	for _, w := range p.witnesses {
		if w.Key.Name() == s.Name && w.Key.Hash() == s.Hash {
			return w, true
		}
	}
	return PolicyWitness{}, false
}

// PickCosignature takes from a witness's answer the line that its key made
// over the checkpoint, verified. Other lines are left out, as C2SP demands.
func PickCosignature(cp Checkpoint, lines string, key WitnessKey, now time.Time) (string, error) {
	sigs, err := signednote.ParseLines(lines)
	if err != nil {
		return "", fmt.Errorf("the witness's answer: %w", err)
	}
	for _, s := range sigs {
		if s.Name != key.Name() || s.Hash != key.Hash() {
			continue
		}
		t, ok := key.Verify([]byte(cp.Text()), s.Raw)
		if !ok || t.After(now.Add(clockSlack)) {
			return "", fmt.Errorf("the cosignature of %s is not over this tree, or is dated in the future", key.Name())
		}
		return s.Line(), nil
	}
	return "", fmt.Errorf("the answer holds no cosignature by the key of %s; check its vkey", key.Name())
}

// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"errors"
	"fmt"
)

// Every parser and verifier of this package fails with an error that matches
// exactly one of these by errors.Is. Its text says which object and why. Errors of
// a reader or context that the caller handed in are wrapped and match none.
var (
	// ErrMalformed says that the bytes are not an object of the specification.
	ErrMalformed = errors.New("not an object of this specification")
	// ErrSignature says that a signature does not verify, or is by a key that may
	// not sign here.
	ErrSignature = errors.New("signature does not hold")
	// ErrThreshold says that too few of the admin keys have signed.
	ErrThreshold = errors.New("too few signatures")
	// ErrChain says that an object does not follow the one it must follow, or names
	// a roster that the reader does not have.
	ErrChain = errors.New("does not follow what was known before")
	// ErrExpired says that an object is not valid at the time in question.
	ErrExpired = errors.New("not valid at this time")
	// ErrMismatch says that an object is whole but belongs elsewhere: to another
	// newsroom, person, log, period or content.
	ErrMismatch = errors.New("does not belong here")
	// ErrWork says that the proof of work does not hold.
	ErrWork = errors.New("proof of work does not hold")
	// ErrRollback says that the drop shows something older than what was known
	// before (spec/misbehaviour.md M-3).
	ErrRollback = errors.New("older than what was known before")
	// ErrTwoRosters says that two valid rosters, or roots, of one number differ
	// (spec/misbehaviour.md M-4): keep both, they are evidence.
	ErrTwoRosters = errors.New("two different signed objects carry one number")
)

// failure is an error about one object: what, why, and of which class.
type failure struct {
	object, reason string
	class          error
}

func (f *failure) Error() string { return f.object + ": " + f.reason + ": " + f.class.Error() }

func (f *failure) Unwrap() error { return f.class }

// fail builds an error of the given class about the given object.
func fail(object string, class error, format string, args ...any) error {
	return &failure{object: object, reason: fmt.Sprintf(format, args...), class: class}
}

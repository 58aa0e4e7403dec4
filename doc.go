// SPDX-License-Identifier: Apache-2.0

// Package tamizdat is the root of a module that carries a letter from an
// insider who must not be found, to a newsroom that must not be fooled, to a
// public record that cannot be quietly changed.
//
// There is nothing to import here. The rooms of the house are folders: letter
// (the message protocol), drop (the untrusted server), source and desk (the
// two ends), press (the public record), spec (the bytes on the wire and in
// files). README.md says what each is for; the tests beside this file hold the
// rules that keep them apart.
package tamizdat

// SPDX-License-Identifier: Apache-2.0

package letter

import "tamizdat/letter/wire"

// MaxLetterBody is the greatest length of a letter's body in bytes.
const MaxLetterBody = maxInflated

// Body is the letter as its digest is over it (spec/letter.md §6): for a colleague who
// was no addressee, and compares the digest with what others say that they opened.
func (l *Letter) Body() ([]byte, error) { return l.encode() }

// ParseLetterBody reads what [Letter.Body] wrote, and tells its digest. There is one
// encoding of each letter. Nothing vouches for it but that digest.
func ParseLetterBody(body []byte) (*Letter, wire.Hash, error) {
	if len(body) > MaxLetterBody {
		return nil, wire.Hash{}, errMessage
	}
	l, err := parseLetter(body)
	if err != nil {
		return nil, wire.Hash{}, err
	}
	return l, wire.HashTag(tagLetter, body), nil
}

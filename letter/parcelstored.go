// SPDX-License-Identifier: Apache-2.0

package letter

import "fmt"

// Marshal writes the manifest with its key for a vault, in the form of
// spec/attachments.md §2. The result is secret.
func (p *Parcel) Marshal() ([]byte, error) { return p.appendManifest(nil) }

// ParseParcel reads what Marshal wrote.
func ParseParcel(stored []byte) (*Parcel, error) {
	c := &cursor{rest: stored}
	p, err := parseManifest(c)
	if err == nil && !c.done() {
		err = fmt.Errorf("%w: manifest: wrong length", errMessage)
	}
	return p, err
}

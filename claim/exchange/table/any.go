// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"strings"
)

// ReadAny reads a file by what stands in it, whatever its name says, and tells
// in words what it was taken for. See [ReadXLSX] and [ReadCSV], which finds its
// separator out.
func ReadAny(b []byte) (sheets []Sheet, how string, err error) {
	switch {
	case bytes.HasPrefix(b, []byte("PK")):
		sheets, err = ReadXLSX(b)
		return sheets, "a workbook", err
	case bytes.HasPrefix(b, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return nil, "", errors.New("this is a workbook in a form of before 2007, or one with a password: save it without one as an Excel workbook (.xlsx), or as “CSV UTF-8”")
	}
	s, d, err := ReadCSV(b, 0)
	return []Sheet{s}, d.String(), err
}

// KindNamed gives the kind that a name means, as a person or a sheet has it:
// “claim”, “Claims”. It is empty where that is none with a table.
func KindNamed(name string) string {
	name = fold(name)
	for _, k := range Kinds() {
		if name == k || name == plural(k) {
			return k
		}
	}
	return ""
}

func plural(kind string) string {
	if stem, ok := strings.CutSuffix(kind, "y"); ok {
		return stem + "ies"
	}
	return kind + "s"
}

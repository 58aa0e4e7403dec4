// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"os"
	"testing"
)

// russianSample is invented prose of some 290 words, written for this test.
func russianSample(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/letter-ru.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

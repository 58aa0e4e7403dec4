// SPDX-License-Identifier: Apache-2.0

package version

import (
	"regexp"
	"testing"
)

// TestForm: packages, archives and comparisons of Debian depend on the form.
func TestForm(t *testing.T) {
	if !regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$`).MatchString(Version) {
		t.Errorf("the version is %q, not 1.2.3 or 1.2.3-word", Version)
	}
}

// SPDX-License-Identifier: Apache-2.0

// Package version says which Tamizdat this is: in --version, in the names of
// packages and archives, and in what a release says about itself. [Version] is
// the one place to change; tools/dist reads it from this file.
package version

// Version is that of the next release, with "-dev" after it until that release
// is made. It has the form 1.2.3 or 1.2.3-word.
const Version = "0.2.0-dev"

// SPDX-License-Identifier: Apache-2.0

// Package install follows docs/INSTALL.md to the letter: on Debian machines of
// their own, each with its own systemd and its own network, that can reach each
// other through a private Tor network alone. It has only tests, for Linux and
// root.
package install

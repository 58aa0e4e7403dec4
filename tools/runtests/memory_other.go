// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package main

func inMemory() (env []string, remove func(), err error) { return nil, func() {}, nil }

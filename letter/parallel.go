// SPDX-License-Identifier: Apache-2.0

package letter

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel calls f(0) … f(n-1) on all cores, waits for all calls, and returns
// the error of the lowest number that failed.
func inParallel(n int, f func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = f(i)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

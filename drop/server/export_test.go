// SPDX-License-Identifier: Apache-2.0

package server

// Route shows a route to tests.
type Route struct {
	Method, Path string
	Most         int64
}

// Routes shows all routes to tests.
func Routes() (out []Route) {
	for _, r := range routes() {
		out = append(out, Route{r.method, r.path, r.most})
	}
	return out
}

// Impatient lets s cut slow uploads at once, for tests.
func (s *Server) Impatient() { s.uploads.grace = 0 }

// Uploading counts the uploads under way.
func (s *Server) Uploading() int { return len(s.uploads.free) }

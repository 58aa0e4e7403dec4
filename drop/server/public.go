// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"io"
	"slices"

	"tamizdat/letter/wire"
)

// What anyone may read. Each answer is the same for all who ask.

// Newsroom implements drop.Drop.
func (s *Server) Newsroom(context.Context) ([]byte, error) {
	room, err := s.current()
	if err != nil {
		return nil, err
	}
	return room.newsroom.Bytes(), nil
}

// Grant implements drop.Drop.
func (s *Server) Grant(context.Context) ([]byte, error) {
	room, err := s.current()
	if err != nil {
		return nil, err
	}
	return slices.Clone(room.grant), nil
}

// Keys implements drop.Drop. Only bundles of people in the newest roster are
// shown; a roster can have changed since the others were posted.
func (s *Server) Keys(_ context.Context, p wire.Period) ([]byte, error) {
	room, err := s.current()
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var bundles [][]byte
	for id, b := range s.bundles[p] {
		if _, _, ok := room.roster.Journalist(id); ok {
			bundles = append(bundles, b)
		}
	}
	return wire.EncodeKeysFile(s.cfg.Newsroom, p, bundles), nil
}

// Beats implements drop.Drop.
func (s *Server) Beats(context.Context) ([]byte, error) {
	if _, err := s.current(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var beats [][]byte
	for _, b := range s.beats {
		beats = append(beats, b.Bytes())
	}
	return wire.EncodeBeatsFile(s.cfg.Newsroom, beats), nil
}

// Replies implements drop.Drop.
func (s *Server) Replies(_ context.Context, week bool) (io.ReadCloser, error) {
	if _, err := s.current(); err != nil {
		return nil, err
	}
	r, _, err := s.cfg.Blobs.Open(viewName(week))
	return r, stored(err)
}

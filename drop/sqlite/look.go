// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"errors"

	"tamizdat/drop/server"
)

// State is what a store holds, but for what waits in spools: that would tell
// when letters come.
type State struct {
	Schema, Known int // how far the file was brought, and how far this program would bring it
	server.Snapshot
}

// Look reads a store beside the process that may have it open, at one moment
// and without changing it. A file of an older version is read as it is, one of a
// newer version is not. fs.ErrNotExist: there is no store.
func Look(dir string) (st *State, err error) {
	db, err := openToRead(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // so that all is read in the transaction
	if _, err := db.Exec("BEGIN"); err != nil {
		return nil, err
	}
	return look(&Store{dir: dir, state: db})
}

// firstThatHolds is the schema since which a store can say that its drop holds.
const firstThatHolds = 2

func look(s *Store) (*State, error) {
	st := &State{Known: len(stateSchema())}
	var err error
	if st.Schema, err = version(s.state, st.Known); err != nil || st.Schema == 0 {
		return st, err
	}
	if err := s.loadLogs(); err != nil {
		return st, err
	}
	for _, load := range []func(*server.Snapshot) error{s.loadNewsroom, s.loadDesks, s.loadPages} {
		if err := load(&st.Snapshot); err != nil {
			return st, err
		}
	}
	if st.Schema >= firstThatHolds {
		st.Holding, err = holding(s.state)
	}
	return st, err
}

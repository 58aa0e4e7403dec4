// SPDX-License-Identifier: Apache-2.0

package desk

// advice says what a person can do about an alarm, by its row: the words say what happened.
func advice(row string) string {
	switch row {
	case "M-1":
		return "somebody else answers at the drop's address, or changed what it shows: ask whoever looks after it, and have sources told not to write meanwhile"
	case "M-3", "M-7", "M-9", "M-25", "M-33":
		return "ask whoever looks after the drop whether it was restored from a backup: if so, see OPERATING, When the drop holds. If not, an enemy may run it: tell colleagues by voice, and trust nothing that came since"
	case "M-2", "M-4", "M-36":
		return "ask each colleague by voice which list they signed: somebody may have keys of theirs"
	case "M-5", "list":
		return "renew it: tamizdat desk roster propose --renew, then sign and publish"
	case "M-6", "M-8":
		return "a colleague's program and yours were shown different replies: compare by voice what you see"
	case "M-10", "M-37":
		return "nothing of it was believed. Ask whoever looks after the drop whether its disk is well; if it stays so, the drop cheats"
	case "M-11":
		return "it is sent again by itself. If it happens again, the drop throws things away: ask whoever looks after it"
	case "M-22":
		return "they are asked for again by themselves. Ask whoever looks after the drop whether its disk is well; if it stays so, the drop keeps them back"
	case "M-24":
		return "check this computer's clock. If it is right, ask whoever looks after the drop to check that one's"
	case "M-28":
		return "do not take the letter for the known sender's: ask, in an answer to the old letters, for something that only she knows"
	case "M-35":
		return "somebody may have your signing key: have the others replace you, see OPERATING, Who belongs to the newsroom"
	case "M-39":
		return "replies leave the log too early: ask whoever looks after the drop, and write important ones again"
	}
	return ownAdvice(row)
}

// ownAdvice is for what is no row of spec/misbehaviour.md.
func ownAdvice(row string) string {
	switch row {
	case "full":
		return "ask whoever looks after the drop to free some: old backups first. What it took is safe. If there is room, whoever answers at its address only says so: then sources are kept away"
	case "keys":
		return "let this desk run where it reaches the drop: it brings new keys by itself. If tamizdat desk status says that the drop answers, ask whoever looks after it"
	case "stalled":
		return "what was sent since lies there unread: ask whoever looks after the drop whether its disk is full or its clock wrong"
	case "cover":
		return "open the contact page or the source's program yourself and see whether it loads: if it does not, sources cannot write either. Ask whoever looks after the drop"
	case "unseen":
		return "ask whoever looks after the drop whether its disk is well, and colleagues whether they see that log. If they do, the drop keeps it from you"
	case "silent":
		return "ask by voice whether that desk runs and reaches the drop. If it does, the drop may show the two of you different logs"
	case "fork":
		return "make sure that only one of the two desks runs. If the colleague knows of no second one, somebody has a copy: see OPERATING, A journalist's laptop"
	case "former":
		return "nothing of it counts. If you expect something of that person, ask"
	case "odd":
		return "ask that colleague to look at the alarms there and to update the program; if that helps nothing, somebody may have the key"
	case "gap":
		return "let this desk run more often than the drop deletes pages"
	case "late":
		return "colleagues whose desks ran may have opened them"
	case "skipped":
		return "ask colleagues whether they have it"
	case "reply":
		return "write again, if the answer still matters"
	case "holding":
		return "see OPERATING, When the drop holds"
	case "restored":
		return "nothing, if you restored this desk: it passes by itself. Colleagues open those letters"
	case "clock":
		return "correct the clock before the day is over"
	}
	return ""
}

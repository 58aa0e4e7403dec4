// SPDX-License-Identifier: Apache-2.0

package trycmd

// Everything in this file is invented, and says so where readers will see it.

const (
	newsroomName = "The Lamp (invented)"
	notice       = "Invented for the demonstration: no such newsroom, letter or person exists."
	passphrase   = "an invented passphrase, for trying only"
)

const letterText = `Пишу вам впервые. Я работаю в архиве учреждения, которого нет на картах.

На прошлой неделе нам велели сжечь журналы дежурств за весь год. Приказ был устный. Я видел, как выносили ящики, и сосчитал: одиннадцать.

Один лист я сохранил, он приложен. Больше писать сейчас нельзя. Ответьте, дошло ли.
`

const attachmentText = `Журнал дежурств (выдуман для показа)

день 3   принял: Ц.   сдал: —
день 4   принял: —    сдал: —
день 5   лист вырван
`

const replyText = `Дошло, и лист тоже. Не пишите, пока не пройдёт две недели. Ничего не храните.

После этого ответа возьмите новые слова.
`

const titleText = "Одиннадцать ящиков"

const translationText = `Eleven boxes

I am writing to you for the first time. I work in the archive of an institution that is on no map.

Last week we were told to burn the duty logs of a whole year. The order was spoken, not written. I watched the boxes being carried out and counted: eleven.

I kept one sheet, it is attached. I cannot write more now. Tell me whether this arrived.
`

const articleText = `The Tide (invented)

An exiled newsroom has published a letter from an archive. "I watched the boxes being carried out and counted: seventy," it says.

"I kept one sheet, it is attached," the letter goes on.
`

// neverPrinted are words of the register that no published page may have.
func neverPrinted() []string {
	return []string{"a person in the archive", "letter-1", "insider_report", "official_count", "lowers what was lost", "upstream", "exposure", "retold"}
}

// riskText is what the desk enters on a Friday: two numbers for the boxes, a
// question, and what it will look for every week.
const riskText = `{
 "case": "invented for the demonstration",
 "parties": [{"id": "ministry", "kind": "government", "label": "the ministry (invented)", "interest": "own side: lowers what was lost"}],
 "measurands": [{"id": "logs", "quantity": "boxes of duty logs destroyed", "population": "the archive (invented)", "unit": "boxes"}],
 "utterances": [{"id": "denial", "speaker": "ministry", "claims": ["boxes"], "relays": [], "mode": "denies", "at": "2026-03-04"}],
 "estimates": [
  {"id": "letter-count", "measurand": "logs", "point": 11, "bound": "at_least", "by_party": "tide", "as_of": "2026-03-01", "known_at": "2026-03-02", "method": "insider_report"},
  {"id": "ministry-count", "measurand": "logs", "low": 2, "high": 4, "bound": "interval", "level": 0.8, "by_party": "ministry", "as_of": "2026-03-04", "known_at": "2026-03-04", "method": "official_count"}
 ],
 "questions": [{"id": "inquiry", "text": "Will the archive (invented) open an inquiry before 2026-07-01?", "type": "hazard_by_date", "opens": "2026-03-06", "closes": "2026-06-30",
  "resolution_criteria": "two papers report that an inquiry was opened", "default_if_silent": "NO", "base_rate": 0.05, "reference_class": "invented"}],
 "indicators": [{"id": "asked", "question": "inquiry", "name": "The council (invented) asks about it in public", "observable_test": "the minutes name the archive", "direction": "+", "cadence": "weekly"}]
}
`

// checkText is what the desk finds a week later.
const checkText = `{"id": "asked-1", "date": "2026-03-12", "state": "present", "claims": ["boxes"], "by": "vera"}`

// confidence is what people add to the number of a week, as flags.
func confidence() []string {
	return []string{
		"--confidence", "low", "--assumptions", "the letter is what it says", "--sourcing", "one or two origins, one of them unnamed",
		"--argument", "nobody who could open an inquiry has spoken",
	}
}

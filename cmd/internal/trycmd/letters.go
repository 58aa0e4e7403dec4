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

/// Texts of records that are not fields (names, descriptions), cleaned as values of fields are (api.md 1, rule 6).
package enum CleanText {
  /// Without markup and without blanks at both ends; may be empty.
  package static func plain(_ text: String) -> String {
    var copy = text
    let isPlain = copy.withUTF8 { !TextMeasure($0).hasAngle }
    if !isPlain { copy = String(decoding: copy.withUTF8(Markup.withoutTags), as: UTF8.self) }
    return copy.trimmingBlanks()
  }

  /// Text that is declared as HTML, without what runs or loads code; may be empty.
  package static func html(_ text: String) -> String {
    var copy = text
    let isPlain = copy.withUTF8 { !TextMeasure($0).hasAngle }
    if !isPlain { copy = String(decoding: copy.withUTF8(Markup.withoutScripts), as: UTF8.self) }
    return copy
  }
}

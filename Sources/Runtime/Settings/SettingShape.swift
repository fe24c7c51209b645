/// What the values of a setting are, for forms and programs. Which values it accepts its type says.
package enum SettingShape: Sendable {
  /// True or false.
  case flag
  /// A whole number of a range.
  case whole(ClosedRange<Int>)
  /// One of these words.
  case choice([String])
  /// Several texts with commas between.
  case list
  /// A text of a line.
  case text
  /// A text of several lines, such as HTML.
  case longText
}

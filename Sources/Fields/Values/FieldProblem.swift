/// The reason why a text is not a valid value of a field.
///
/// The reasons do not contain any part of the value, since they appear in logs and error reports.
package enum FieldProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// More characters than the field's limit.
  case tooLong(limit: Int)
  /// Bytes that are not UTF-8, or a NUL character.
  case notText
  /// Not an e-mail address.
  case malformedEmail
  /// Several e-mail addresses in one value.
  case severalAddresses
  /// A long number that a spreadsheet has shortened.
  case digitsLost
  /// A date as the number of a day, as spreadsheets hold it.
  case dayNumber
  /// A URL with a scheme other than http and https.
  case unsupportedScheme
  /// Not a decimal number.
  case notANumber
  /// A number that can be read with a decimal point and with a decimal comma.
  case ambiguousNumber
  /// A number that the field cannot hold.
  case outOfRange
  /// None of the words for true and false.
  case notABoolean
  /// Not one of the field's options.
  case notAnOption
  /// Not a date, or one that does not exist.
  case notADate
  /// A date whose day and month are ambiguous.
  case ambiguousDate
  /// Not a time of day.
  case notATime
  /// Not in the list of countries.
  case unknownCountry
  /// Not in the list of time zones.
  case unknownTimezone
  /// Not in the list of locales.
  case unknownLocale

  /// The message for users, to follow the field's name.
  package var description: String {
    switch self {
    case .tooLong(let limit): "longer than \(limit) characters"
    case .notText: "not valid UTF-8 text"
    case .malformedEmail: "not a valid e-mail address"
    case .severalAddresses: "several addresses in one value; keep one of them"
    case .digitsLost: "a spreadsheet has shortened this number; format its column as text"
    case .dayNumber: "a day number of a spreadsheet; write it as YYYY-MM-DD"
    case .unsupportedScheme: "a URL must begin with http:// or https://"
    case .notANumber: "not a number"
    case .ambiguousNumber:
      "the number is ambiguous; name its decimal mark in parser.decimalMark of the import"
    case .outOfRange: "the number is out of range"
    case .notABoolean: "not a boolean"
    case .notAnOption: "not one of the options"
    case .notADate: "not a valid date"
    case .ambiguousDate:
      "the date is ambiguous; write it as YYYY-MM-DD, or name the order in parser.dateOrder of the import"
    case .notATime: "not a valid time"
    case .unknownCountry: "not a known country"
    case .unknownTimezone: "not a known time zone"
    case .unknownLocale: "not a known locale"
    }
  }
}

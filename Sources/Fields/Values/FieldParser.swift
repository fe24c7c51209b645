package import Foundation
package import Primitives

/// The strictness of parsing.
package enum ParsingPolicy: Sendable {
  /// The cleaning of import cells: a choice that is not offered counts as no value (IMP-46), numbers may
  /// be grouped and have a currency.
  case cleaning
  /// The check of API input: both are errors (contacts.md 12).
  case strict
}

/// The closed lists of valid values, which an operator may replace.
package struct ValueLists: Sendable {
  package var countries: ValueList
  package var timeZones: ValueList
  package var locales: ValueList

  /// Creates lists; by default the built-in ones.
  package init(
    countries: ValueList = .countries, timeZones: ValueList = .timeZones,
    locales: ValueList = .locales
  ) {
    self.countries = countries
    self.timeZones = timeZones
    self.locales = locales
  }
}

/// Parses texts as values of one field: trims, checks, and converts them into PostgreSQL's
/// canonical form for the field's column.
///
/// Create one per field and use it for all rows. It is stateless and may be shared.
package struct FieldParser: Sendable {
  /// The type of the values.
  package let type: FieldType
  private let policy: ParsingPolicy
  private let limit: Int?
  private let keepsMarkup: Bool
  private let number: NumberFormat
  private let options: ValueList?
  private let lists: ValueLists
  private let zone: ZoneOffset
  private let style: ValueStyle

  /// Creates a parser for a field.
  ///
  /// - Parameters:
  ///   - field: The field; its type, limit, options and number format are used.
  ///   - policy: The strictness.
  ///   - lists: The valid countries, time zones and locales.
  ///   - timeZone: The zone of times that do not name one (IMP-31).
  ///   - style: How dates and numbers are written.
  package init(
    field: Field, policy: ParsingPolicy, lists: ValueLists = ValueLists(),
    timeZone: TimeZone = .gmt, style: ValueStyle = ValueStyle()
  ) {
    self.init(
      type: field.type, policy: policy, lists: lists, timeZone: timeZone, style: style,
      limit: field.type.hasLengthLimit ? field.characterLimit ?? 191 : nil,
      number: NumberFormat(
        scale: field.columnType == "integer" ? 0 : field.scale, rounding: field.rounding,
        isInteger: field.columnType == "integer"),
      options: field.type == .select || field.type == .multiselect
        ? ValueList(options: field.options) : nil,
      keepsMarkup: field.properties["allowHtml"]?.text == "1")
  }

  /// Creates a parser for values that belong to no field, such as the dates of the contact's
  /// record.
  package init(
    type: FieldType, policy: ParsingPolicy, lists: ValueLists = ValueLists(),
    timeZone: TimeZone = .gmt, style: ValueStyle = ValueStyle()
  ) {
    self.init(
      type: type, policy: policy, lists: lists, timeZone: timeZone, style: style, limit: nil,
      number: NumberFormat(), options: nil, keepsMarkup: false)
  }

  private init(
    type: FieldType, policy: ParsingPolicy, lists: ValueLists, timeZone: TimeZone,
    style: ValueStyle, limit: Int?, number: NumberFormat, options: ValueList?, keepsMarkup: Bool
  ) {
    self.type = type
    self.policy = policy
    self.lists = lists
    self.zone = ZoneOffset(timeZone)
    self.limit = limit
    self.number = number
    self.options = options
    self.keepsMarkup = keepsMarkup
    self.style = style
  }

  /// Parses a value.
  ///
  /// - Parameters:
  ///   - text: The text's UTF-8 bytes.
  ///   - output: The buffer to which the canonical text is appended, in PostgreSQL's format for the
  ///     column (an array literal for a multiselect), not escaped for COPY. Nothing is appended on
  ///     an error or if there is no value.
  /// - Returns: Whether there is a value; false for blank text.
  /// - Throws: The reason why the text is not a value of this field.
  package func parse(_ text: ValueBytes, into output: inout [UInt8]) throws(FieldProblem) -> Bool {
    var leftOut: [String]?
    return try parse(text, into: &output, leftOut: &leftOut)
  }

  /// Parses a value of which a part may be left out: a choice that is not offered, or a name that a closed list does
  /// not have (IMP-46).
  ///
  /// - Parameter leftOut: The parts that were left out are added to it.
  package func parse(
    _ text: ValueBytes, into output: inout [UInt8], leavingOut leftOut: inout [String]
  ) throws(FieldProblem) -> Bool {
    var parts: [String]? = []
    let hasValue = try parse(text, into: &output, leftOut: &parts)
    if let parts, !parts.isEmpty { leftOut += parts }
    return hasValue
  }

  private func parse(
    _ text: ValueBytes, into output: inout [UInt8], leftOut: inout [String]?
  ) throws(FieldProblem) -> Bool {
    let text = text.trimmed()
    guard !text.isEmpty else { return false }
    switch type {
    case .tel where policy == .cleaning && Self.isShortened(text):
      leftOut?.append(String(decoding: text, as: UTF8.self))
      return false
    case .text, .textarea, .html, .tel, .lookup, .region:
      return try parsePlain(text, into: &output)
    case .email:
      let address = EmailAddress.bare(text)
      guard EmailAddress.isValid(address) else {
        throw EmailAddress.areSeveral(text) ? .severalAddresses : .malformedEmail
      }
      try check(TextMeasure(address), limit ?? EmailAddress.maximumLength)
      output.append(contentsOf: address)
    case .url:
      return try parseAddress(text, into: &output)
    case .number:
      try parseNumber(text, into: &output)
    case .boolean:
      guard let value = BooleanWord.parse(text) else { throw .notABoolean }
      output.append(value ? 0x74 : 0x66)
    case .date, .datetime:
      if text.count == 5, text.allSatisfy({ $0 &- 0x30 < 10 }) { throw .dayNumber }
      guard let value = try DateText.parse(text, order: style.dateOrder) else { return false }
      if type == .date {
        value.appendDate(to: &output)
      } else {
        try value.appendInstant(to: &output, zone: zone)
      }
    case .time:
      try TimeText.parse(text, into: &output)
    case .select:
      if let index = options?.index(of: text) {
        options?.append(at: index, to: &output)
      } else if policy == .cleaning {
        leftOut?.append(String(decoding: text, as: UTF8.self))
        return false
      } else {
        throw .notAnOption
      }
    case .multiselect:
      return try parseChoices(text, into: &output, leftOut: &leftOut)
    case .country:
      return try append(
        text, from: lists.countries, to: &output, otherwise: .unknownCountry, leftOut: &leftOut)
    case .timezone:
      return try append(
        text, from: lists.timeZones, to: &output, otherwise: .unknownTimezone, leftOut: &leftOut)
    case .locale:
      return try append(
        text, from: lists.locales, to: &output, otherwise: .unknownLocale, leftOut: &leftOut)
    }
    return true
  }

  /// The reason why a part of a value was left out.
  package var leftOutReason: FieldProblem {
    switch type {
    case .country: .unknownCountry
    case .timezone: .unknownTimezone
    case .locale: .unknownLocale
    case .tel: .digitsLost
    default: .notAnOption
    }
  }

  /// Parses a value from a string.
  ///
  /// - Returns: The value, or `nil` if the text holds none.
  /// - Throws: The reason why the text is not a value of this field.
  package func parse(_ text: String) throws(FieldProblem) -> FieldValue? {
    var output: [UInt8] = []
    // withUTF8 rethrows without the type of the error.
    let result: Result<Bool, FieldProblem>
    var copy = text
    result = copy.withUTF8 { bytes in
      Result { () throws(FieldProblem) in try parse(bytes, into: &output) }
    }
    guard try result.get() else { return nil }
    return FieldValue(canonical: String(decoding: output, as: UTF8.self), type: type)
  }

  /// Whether a spreadsheet has written a long number in its own way: `4.9E+11`.
  private static func isShortened(_ text: ValueBytes) -> Bool {
    guard text.count >= 4, let mark = text.firstIndex(where: { $0.lowered == 0x65 }), mark > 0,
      mark + 2 < text.count, text[mark + 1] == 0x2B
    else { return false }
    return text[0] &- 0x30 < 10
      && text[..<mark].allSatisfy { $0 &- 0x30 < 10 || $0 == 0x2E || $0 == 0x2C }
      && text[(mark + 2)...].allSatisfy { $0 &- 0x30 < 10 }
  }

  private func parseNumber(
    _ text: ValueBytes, into output: inout [UInt8]
  ) throws(FieldProblem) {
    // Where a point may separate groups, a plain number is not taken at its word.
    let isPlain =
      style.decimalMark == .point || style.decimalMark == nil && style.likelyMark == .point
    if policy == .strict || isPlain || !text.contains(0x2E) {
      do {
        return try number.parse(text, into: &output)
      } catch {
        if policy == .strict || error != .notANumber { throw error }
      }
    }
    let plain = try NumberText.plain(text, style)
    let result = plain.withUnsafeBufferPointer { bytes in
      Result { () throws(FieldProblem) in try number.parse(bytes, into: &output) }
    }
    try result.get()
  }

  private func parsePlain(
    _ text: ValueBytes, into output: inout [UInt8]
  ) throws(FieldProblem) -> Bool {
    let measure = TextMeasure(text)
    // A long text is no markup: pages that show it escape it.
    guard measure.hasAngle, !keepsMarkup, type != .textarea else {
      try check(measure, limit)
      output.append(contentsOf: text)
      return true
    }
    guard measure.isStorable else { throw .notText }
    let cleaned = type == .html ? Markup.withoutScripts(text) : Markup.withoutTags(text)
    let isEmpty = cleaned.withUnsafeBufferPointer { $0.trimmed().isEmpty }
    guard !isEmpty else { return false }
    try check(cleaned.withUnsafeBufferPointer { TextMeasure($0.trimmed()) }, limit)
    cleaned.withUnsafeBufferPointer { output.append(contentsOf: $0.trimmed()) }
    return true
  }

  /// Parses an address; its scheme is checked after markup is removed, which may uncover one.
  private func parseAddress(
    _ text: ValueBytes, into output: inout [UInt8]
  ) throws(FieldProblem) -> Bool {
    let start = output.count
    guard try parsePlain(text, into: &output) else { return false }
    let isAccepted = output.withUnsafeBufferPointer {
      WebAddress.hasAcceptedScheme(ValueBytes(rebasing: $0[start...]))
    }
    guard isAccepted else {
      output.removeSubrange(start...)
      throw .unsupportedScheme
    }
    return true
  }

  private func check(_ measure: TextMeasure, _ limit: Int?) throws(FieldProblem) {
    guard measure.isStorable else { throw .notText }
    if let limit, measure.characters > limit { throw .tooLong(limit: limit) }
  }

  private func append(
    _ text: ValueBytes, from list: ValueList, to output: inout [UInt8],
    otherwise problem: FieldProblem, leftOut: inout [String]?
  ) throws(FieldProblem) -> Bool {
    guard let index = list.index(of: text) else {
      guard leftOut != nil else { throw problem }
      leftOut?.append(String(decoding: text, as: UTF8.self))
      return false
    }
    list.append(at: index, to: &output)
    return true
  }

  /// Parses values joined by `|`, each at most once, in the given order. What is no option is cut at `,` and `;` too,
  /// unless an option contains such a character.
  private func parseChoices(
    _ text: ValueBytes, into output: inout [UInt8], leftOut: inout [String]?
  ) throws(FieldProblem) -> Bool {
    guard let options else { return false }
    let start = output.count
    var seen: [Int] = []
    var wanted: [ValueBytes.SubSequence] = []
    for part in text.split(separator: 0x7C) {
      let value = ValueBytes(rebasing: part).trimmed()
      if options.index(of: value) != nil {
        wanted.append(part)
      } else {
        wanted += part.split { options.isSeparator($0) }
      }
    }
    for part in wanted {
      let value = ValueBytes(rebasing: part).trimmed()
      guard !value.isEmpty else { continue }
      guard let index = options.index(of: value) else {
        if policy == .cleaning {
          leftOut?.append(String(decoding: value, as: UTF8.self))
          continue
        }
        output.removeSubrange(start...)
        throw .notAnOption
      }
      guard !seen.contains(index) else { continue }
      output.append(seen.isEmpty ? 0x7B : 0x2C)
      seen.append(index)
      TextArray.append(options.spelling(at: index), to: &output)
    }
    guard !seen.isEmpty else { return false }
    output.append(0x7D)
    return true
  }
}

import Fields
import Foundation

/// Interprets a filter's value according to its field.
///
/// Strict when saving: a missing value, or one of another kind, is refused. Evaluation accepts
/// what older segments may hold (SEG-31, SEG-32, SEG-34).
struct FilterInterpreter {
  let isStrict: Bool
  /// The calendar of the default zone, for days (SEG-41).
  let local: LocalCalendar
  /// The calendar of UTC, for instants (SEG-40).
  let utc: LocalCalendar

  /// Returns the test that the filter makes.
  ///
  /// - Parameter change: Receives the instant at which the calendar can change the result, if any.
  func test(
    _ filter: SegmentFilter, at index: Int, _ subject: FilterSubject, change: inout NextChange
  ) throws(FilterProblem) -> FilterTest {
    let comparison = filter.comparison
    guard subject.operators.contains(comparison) else {
      throw FilterProblem("value is not valid", index: index, member: "operator")
    }
    switch comparison {
    case .empty: return .empty
    case .notEmpty: return .notEmpty
    default: break
    }
    let reader = FilterValueReader(
      value: filter.value, comparison: comparison, index: index, isStrict: isStrict)
    let (form, isNegated) = comparison.positive
    if form == .allOf, subject.kind != .options {
      let tests: [ValueTest] =
        subject.kind == .records
        ? try reader.records().map { .record($0) } : try reader.texts().map { .text($0) }
      if tests.isEmpty { return isNegated ? .fails(.nothing) : .passes(.nothing) }
      return isNegated ? .failsSome(tests) : .passesAll(tests)
    }
    let test: ValueTest
    switch subject.kind {
    case .text, .choice, .names: test = stored(try text(form, reader), subject.values)
    case .options: test = try options(form, isNegated, reader)
    case .boolean: test = .boolean(try reader.boolean())
    case .number:
      test =
        form.takesPattern
        ? .characters(try text(form, reader), nil) : try number(form, reader)
    case .record: test = try reader.record().map { .record($0) } ?? .nothing
    case .records: test = .records(try reader.records())
    case .date, .datetime:
      let frame = DateFrame(
        subject: subject, sentType: filter.type, local: local, utc: utc)
      test =
        form.takesPattern
        ? .characters(try text(form, reader), frame.form)
        : try frame.test(form, reader, &change)
      // The operator is ignored beside an anniversary, even a negated one (SEG-55).
      if case .monthAndDay = test { return .passes(test) }
    }
    if form == .regexp, isNegated { return .lacks(test) }
    return isNegated ? .fails(test) : .passes(test)
  }

  /// Returns a comparison with whole values that has their stored names too.
  private func stored(_ test: ValueTest, _ values: ValueList?) -> ValueTest {
    guard let values else { return test }
    func names(_ text: String) -> [String] {
      guard let name = values.canonical(text), name != text else { return [text] }
      return [text, name]
    }
    switch test {
    case .text(let text): return .texts(names(text))
    case .texts(let texts): return .texts(texts.flatMap(names))
    default: return test
    }
  }

  private func text(
    _ form: FilterOperator, _ reader: FilterValueReader
  ) throws(FilterProblem) -> ValueTest {
    if let order = form.order { return .textOrder(order, try reader.text()) }
    switch form {
    case .oneOf: return .texts(try reader.texts())
    case .regexp: return .regexp(try reader.pattern())
    case .like:
      let text = try reader.text()
      // Without any `%` it means "contains" (SEG-27); `_` is literal (SEG-28).
      let isWritten = text.contains("%")
      let pattern = Self.literal(text, keeping: "%")
      return .like(isWritten ? pattern : "%\(pattern)%")
    case .startsWith: return .like(Self.literal(try reader.text()) + "%")
    case .endsWith: return .like("%" + Self.literal(try reader.text()))
    case .contains: return .like("%" + Self.literal(try reader.text()) + "%")
    default:
      let text = try reader.text()
      // A present value is never empty, so nothing equals the empty text (SEG-31).
      return text.isEmpty ? .nothing : .text(text)
    }
  }

  /// Escapes the wildcards of a text for LIKE (SEG-28).
  private static func literal(_ text: String, keeping kept: Character? = nil) -> String {
    var pattern = ""
    for character in text.unicodeScalars {
      if character == "\\" || character == "_" || (character == "%" && kept == nil) {
        pattern.unicodeScalars.append("\\")
      }
      pattern.unicodeScalars.append(character)
    }
    return pattern
  }

  private func number(
    _ form: FilterOperator, _ reader: FilterValueReader
  ) throws(FilterProblem) -> ValueTest {
    if form == .between {
      let bounds = try reader.pair()
      return .numbers(
        ClosedBounds(
          lower: try reader.number(bounds.0), upper: try reader.number(bounds.1)))
    }
    let number = try reader.number(try reader.single())
    return form.order.map { .numberOrder($0, number) } ?? .number(number)
  }

  /// `in` means all of them here, `!in` none of them (SEG-36).
  private func options(
    _ form: FilterOperator, _ isNegated: Bool, _ reader: FilterValueReader
  ) throws(FilterProblem) -> ValueTest {
    let options = try reader.texts()
    if options.isEmpty { return .nothing }
    return form == .oneOf && isNegated ? .anyOption(options) : .options(options)
  }
}

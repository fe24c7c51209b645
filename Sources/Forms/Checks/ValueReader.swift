import Fields
import Primitives

/// Reads the value of one field as its type demands (FRM-08).
struct ValueReader {
  let field: FormField
  let known: FieldSet
  let lists: ValueLists

  private var properties: JSONValue { field.settings.properties }
  private var validation: JSONValue { field.settings.validation }

  /// Returns the value; nil if nothing was filled in and nothing is required.
  func read(_ given: [String]) throws(ValueProblem) -> CheckedValue? {
    guard given.count <= FormLimits.choices else {
      throw ValueProblem("More than \(FormLimits.choices) values.")
    }
    guard !given.contains(where: { $0.contains("\0") }) else {
      throw ValueProblem("This is not valid text.")
    }
    if field.type == .captcha {
      try checkCaptcha(given.first ?? "")
      return nil
    }
    // A password is kept from nobody's view but checked as it is.
    let texts = (field.type == .password ? given : given.map(CleanText.plain)).filter {
      !$0.isEmpty
    }
    guard !texts.isEmpty else {
      guard !field.settings.isRequired else {
        throw ValueProblem(field.settings.validationMessage ?? "“\(field.label)” is required.")
      }
      return nil
    }
    if field.type != .checkboxes, !isMultiple, texts.count > 1 {
      throw ValueProblem("One value is expected here.")
    }
    for text in texts where text.unicodeScalars.count > FormLimits.value {
      throw ValueProblem("The text is longer than \(FormLimits.value) characters.")
    }
    if field.type.hasChoices { try checkChoices(texts) }
    for text in texts { try checkType(text) }
    var value = CheckedValue(shown: texts.joined(separator: ", "))
    value.isStored = field.type != .password
    value.mapped = try mapped(texts)
    return value
  }

  /// Returns the name of a file; nil if none came and none is required.
  func read(_ upload: FormUpload?) throws(ValueProblem) -> CheckedValue? {
    switch upload {
    case nil:
      guard field.settings.isRequired else { return nil }
      throw ValueProblem(field.settings.validationMessage ?? "“\(field.label)” is required.")
    case .refused(let message)?:
      throw ValueProblem(field.settings.validationMessage ?? message)
    case .received(let file, let name)?:
      var value = CheckedValue(shown: name)
      value.file = file
      value.mapped = try mapped([name])
      return value
    }
  }

  /// A message that the form has for its visitors; nil for an empty one.
  private static func message(_ value: JSONValue?) -> String? {
    value?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  private var isMultiple: Bool {
    field.type == .select
      && (BooleanWord.parse(properties["multiple"]?.text ?? "") ?? false)
  }

  /// Without a question it is a trap: people do not see it, and programs fill it in.
  private func checkCaptcha(_ given: String) throws(ValueProblem) {
    let answer = (properties["captcha"]?.text ?? "").trimmingBlanks()
    let isRight =
      answer.isEmpty
      ? given.trimmingBlanks().isEmpty
      : given.trimmingBlanks().lowercased() == answer.lowercased()
    guard isRight else {
      throw ValueProblem(
        Self.message(properties["errorMessage"]) ?? field.settings.validationMessage
          ?? "The answer is not right.")
    }
  }

  private func checkChoices(_ texts: [String]) throws(ValueProblem) {
    let offered = Set(field.choices(known).map { CleanText.plain($0.value) })
    for text in texts where !offered.contains(text) {
      throw ValueProblem("“\(text.prefix(60))” is not one of the choices.")
    }
  }

  private func checkType(_ text: String) throws(ValueProblem) {
    let type: FieldType
    switch field.type {
    case .email: type = .email
    case .number: type = .number
    case .date: type = .date
    case .dateTime: type = .datetime
    case .url: type = .url
    case .country: type = .country
    case .telephone:
      try checkTelephone(text)
      return
    default: return
    }
    do throws(FieldProblem) {
      _ = try FieldParser(type: type, policy: .strict, lists: lists).parse(text)
    } catch {
      throw ValueProblem(field.settings.validationMessage ?? "“\(text.prefix(60))”: \(error).")
    }
    if field.type == .email { try checkDomain(text) }
  }

  /// Refuses addresses of domains that the form does not want, such as `*@example.com` or `example.com`.
  private func checkDomain(_ text: String) throws(ValueProblem) {
    let listed = validation["donotsubmit"] ?? properties["donotsubmit"] ?? .null
    let patterns: [String] =
      switch listed {
      case .array(let items): items.compactMap(\.text)
      case .string(let text): text.split(whereSeparator: { ",\n ".contains($0) }).map(String.init)
      default: []
      }
    let address = text.lowercased()
    let isBlocked = patterns.contains { pattern in
      let pattern = pattern.trimmingBlanks().lowercased()
      guard !pattern.isEmpty else { return false }
      if pattern.hasPrefix("*") { return address.hasSuffix(pattern.dropFirst()) }
      return pattern.contains("@") ? address == pattern : address.hasSuffix("@\(pattern)")
    }
    guard !isBlocked else {
      throw ValueProblem(
        Self.message(validation["donotsubmit_validationmsg"])
          ?? "Addresses of this domain are not accepted."
      )
    }
  }

  private func checkTelephone(_ text: String) throws(ValueProblem) {
    let allowed = text.utf8.allSatisfy { $0.isDigit || " +-()./".utf8.contains($0) }
    let digits = text.utf8.count(where: \.isDigit)
    let isInternational = BooleanWord.parse(validation["international"]?.text ?? "") ?? false
    let isRight =
      allowed && (3...20).contains(digits)
      && (!isInternational || text.hasPrefix("+") && (6...15).contains(digits))
    guard isRight else {
      throw ValueProblem(
        Self.message(validation["international_validationmsg"]) ?? field.settings.validationMessage
          ?? "“\(text.prefix(60))” is no telephone number.")
    }
  }

  /// Returns the text for the mapped field, which has its own rules and length.
  private func mapped(_ texts: [String]) throws(ValueProblem) -> String? {
    guard let target = field.mappedField(known) else { return nil }
    let text = texts.joined(separator: target.type == .multiselect ? "|" : ", ")
    do throws(FieldProblem) {
      return try target.canonical(text, policy: .strict, lists: lists) == nil ? nil : text
    } catch {
      throw ValueProblem(field.settings.validationMessage ?? "“\(text.prefix(60))”: \(error).")
    }
  }
}

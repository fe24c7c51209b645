import Contacts
import Fields
import Postgres
import Primitives

extension FormInput {
  /// Returns the values of a form with the given ones; the rest are defaults if there was no form before or everything
  /// is replaced. The alias is the one of before, or that of the input, not yet unique.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`.
  func applied(
    to before: FormValues?, replacing: Bool, on connection: PostgresConnection
  ) async throws -> FormValues {
    var values = before ?? FormValues(name: "", alias: "")
    if replacing, let before { values = FormValues(name: "", alias: before.alias) }
    if replacing || before == nil || name != nil { values.name = try RecordText.name(name, "name") }
    if before == nil { values.alias = FormAlias.derived(from: alias, or: values.name) }
    if let description {
      values.description = try RecordText.optional(description, "description", html: true)
    }
    values.category = category ?? values.category
    values.publishUp = publishUp ?? values.publishUp
    values.publishDown = publishDown ?? values.publishDown
    values.isPublished = isPublished ?? values.isPublished
    if let kind { values.kind = try Self.word(kind, "formType") }
    try applyPostAction(to: &values, before)
    try applySettings(to: &values.settings)
    if let category = values.category {
      try await CategoryStore.require([category], on: connection)
    }
    return values
  }

  /// What stays as it is is not checked again, so that a form can be sent back whole.
  private func applyPostAction(
    to values: inout FormValues, _ before: FormValues?
  ) throws(InvalidInput) {
    if let postAction { values.postAction = try Self.word(postAction, "postAction") }
    if let postActionProperty {
      values.postActionProperty = try RecordText.optional(
        postActionProperty, "postActionProperty", html: true)
    }
    let isKept =
      values.postAction == before?.postAction
      && values.postActionProperty == before?.postActionProperty
    guard !isKept else { return }
    switch values.postAction {
    case .return: break
    case .message:
      guard values.postActionProperty != nil else {
        throw InvalidInput("postActionProperty", "a message is required")
      }
    case .redirect:
      let address = values.postActionProperty ?? ""
      guard let host = WebTarget.host(of: address), !host.isEmpty else {
        throw InvalidInput(
          "postActionProperty",
          "\(InvalidInput.shown(address)) is not an address with http:// or https://")
      }
    }
  }

  private func applySettings(to settings: inout FormSettings) throws(InvalidInput) {
    if let template {
      settings.template = try RecordText.optional(template, "template", limit: 191)
    }
    if let language { settings.language = try RecordText.optional(language, "language", limit: 35) }
    if let attributes {
      settings.attributes = try FormAttributes.checked(attributes, "formAttributes")
    }
    settings.usesThemeStyle = usesThemeStyle ?? settings.usesThemeStyle
    settings.isKiosk = isKiosk ?? settings.isKiosk
    settings.isNotIndexed = isNotIndexed ?? settings.isNotIndexed
    settings.hasChallenge = hasChallenge ?? settings.hasChallenge
    if let consent {
      settings.consent = try RecordText.optional(consent, "consentText", html: true)
    }
    try applyConfirmation(to: &settings)
    settings.shownLimit = shownLimit ?? settings.shownLimit
    if let limit = settings.shownLimit, !(1...FormLimits.fields).contains(limit) {
      throw InvalidInput(
        "progressiveProfilingLimit", "\(limit) is not between 1 and \(FormLimits.fields)")
    }
  }

  private func applyConfirmation(to settings: inout FormSettings) throws(InvalidInput) {
    switch confirmation {
    case nil: return
    case .some(nil): settings.confirmation = nil
    case .some(.some(let texts)):
      let subject = try RecordText.name(texts.subject, "doubleOptIn.subject")
      guard !subject.contains(where: \.isNewline) else {
        throw InvalidInput("doubleOptIn.subject", "must be one line")
      }
      guard
        let message = try RecordText.optional(texts.message, "doubleOptIn.message")
      else { throw InvalidInput("doubleOptIn.message", "a value is required") }
      settings.confirmation = FormConfirmationTexts(subject: subject, message: message)
    }
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ text: String, _ member: String
  ) throws(InvalidInput) -> Word where Word.RawValue == String {
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput(member, "\(InvalidInput.shown(text)) is none of \(known)")
    }
    return word
  }
}

/// The alias of a form.
enum FormAlias {
  /// The maximum length in characters.
  static let maximumLength = FieldAlias.maximumLength

  /// Returns an alias made of a given one or, without it, of the name.
  static func derived(from alias: String?, or name: String) -> String {
    let given = alias.flatMap { $0.isEmpty ? nil : $0 } ?? name
    let derived = FieldAlias.derived(from: given)
    // A name without a letter that ASCII has.
    return derived == "field" && given.lowercased() != "field" ? "form" : derived
  }
}

/// How a form is shown and protected, as stored.
package struct FormSettings: Sendable, Equatable, Codable {
  /// The theme of its page.
  package var template: String?
  /// Whether it brings its look along where it is embedded; else the website gives it one.
  package var usesThemeStyle = true
  /// Whether each submission is made by another person at the same device.
  package var isKiosk = false
  /// Whether search engines are asked to leave its page out.
  package var isNotIndexed: Bool?
  /// Attributes of the form's element, as HTML.
  package var attributes: String?
  /// The language of its page.
  package var language: String?
  /// The most fields that are shown at once (progressive profiling).
  package var shownLimit: Int?
  /// Whether browsers have to do some work before they may send it.
  package var hasChallenge = false
  /// What a visitor has to agree to, HTML; it is stored with each submission.
  package var consent: String?
  /// The mail by which a submission is confirmed before anything follows from it.
  package var confirmation: FormConfirmationTexts?

  package init() {}
}

/// The mail that asks for a confirmation (double opt-in).
package struct FormConfirmationTexts: Sendable, Equatable, Codable {
  /// The subject.
  package var subject: String
  /// The text, with the link in the place of `{confirm_url}`, or at its end.
  package var message: String

  package init(subject: String, message: String) {
    self.subject = subject
    self.message = message
  }
}

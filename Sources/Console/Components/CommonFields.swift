import API

/// Fields that many kinds of records have.
enum CommonFields {
  /// Whether and when a record is published.
  static func publishing(_ page: PageRequest, hasDates: Bool = true) -> FormSection {
    let texts = page.texts
    var fields = [FormField("isPublished", texts("Published"), .flag, initial: true)]
    if hasDates {
      fields += [
        FormField(
          "publishUp", texts("Published from"), .moment, hint: texts("Empty: from now on.")),
        FormField(
          "publishDown", texts("Published until"), .moment, hint: texts("Empty: for ever.")),
      ]
    }
    return FormSection(texts("Publishing"), fields)
  }

  /// The category of a record.
  ///
  /// - Parameter bundle: What the categories are for, such as `stage`.
  static func category(_ bundle: String, _ page: PageRequest) async throws -> FormField {
    let answer = try await page.optional("categories", ["limit": 1000, "orderBy": "title"])
    let choices = (answer?["categories"]?.elements ?? []).filter { category in
      [bundle, "global"].contains(category["bundle"]?.text ?? "")
    }.map { FormField.Choice($0["id"]?.text ?? "", $0["title"]?.text ?? "") }
    return FormField("category", page.texts("Category"), .choice(choices))
  }

  /// The language of a record for visitors.
  static func language(_ page: PageRequest, _ name: String = "language") -> FormField {
    FormField(name, page.texts("Language"), hint: page.texts("A code such as en or de_CH."))
  }
}

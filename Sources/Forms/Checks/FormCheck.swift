package import Fields
import Primitives

/// The values of a submission that passed all checks.
package struct CheckedValues: Sendable, Equatable {
  /// What is stored with the submission, as text, by alias.
  package var results: [String: String] = [:]
  /// The values of fields of contacts by alias, none of them empty (FRM-07).
  package var contact: [String: String] = [:]
  /// The values of fields of companies by alias, none of them empty.
  package var company: [String: String] = [:]
  /// The files that are kept, by alias.
  package var files: [String: Int64] = [:]
}

/// Checks what was filled in against the fields of a form.
package struct FormCheck: Sendable {
  let form: Form
  let known: FieldSet
  let lists: ValueLists

  /// Creates a check.
  ///
  /// - Parameters:
  ///   - form: The form.
  ///   - known: The definitions of the fields that it fills in.
  ///   - lists: The lists of countries, time zones and locales.
  package init(form: Form, known: FieldSet, lists: ValueLists = ValueLists()) {
    self.form = form
    self.known = known
    self.lists = lists
  }

  /// Checks values, whatever else was sent (FRM-05).
  ///
  /// - Parameters:
  ///   - values: The values by alias, as sent.
  ///   - uploads: The files that came, by alias.
  ///   - skipped: The ids of fields that the visitor was not shown for other reasons than values.
  /// - Throws: ``FormRefusal`` with all problems.
  package func check(
    _ values: [String: [String]], uploads: [String: FormUpload] = [:],
    skipping skipped: Set<Int64> = []
  ) throws(FormRefusal) -> CheckedValues {
    let hidden = FormVisibility.hidden(in: form, values).union(skipped)
    var checked = CheckedValues()
    var problems: [FormProblem] = []
    for field in form.fields where field.type.isInput && !hidden.contains(field.id) {
      do throws(ValueProblem) {
        let reader = ValueReader(field: field, known: known, lists: lists)
        let texts =
          field.type == .file
          ? try reader.read(uploads[field.alias]) : try reader.read(values[field.alias] ?? [])
        if let texts { accept(texts, of: field, into: &checked) }
      } catch {
        problems.append(FormProblem(field.alias, error.message))
      }
    }
    guard problems.isEmpty else { throw FormRefusal(problems) }
    return checked
  }

  private func accept(
    _ value: CheckedValue, of field: FormField, into checked: inout CheckedValues
  ) {
    if field.settings.savesResult, value.isStored {
      checked.results[field.alias] = value.shown
      checked.files[field.alias] = value.file
    }
    guard let mapped = value.mapped, let mapping = field.mapping else { return }
    switch mapping.object {
    // A company is found by its name, which is a field of contacts as well (CON-34).
    case .company where mapping.field == "companyname": checked.contact["company"] = mapped
    case .company: checked.company[mapping.field] = mapped
    case .contact: checked.contact[mapping.field] = mapped
    }
  }
}

/// A value of one field.
struct CheckedValue {
  /// The text that is stored.
  var shown: String
  /// The file of which it is the name.
  var file: Int64?
  /// Whether it may be stored.
  var isStored = true
  /// The text that is written to the mapped field; nil if there is none.
  var mapped: String?
}

/// Why a value is refused.
struct ValueProblem: Error {
  var message: String

  init(_ message: String) { self.message = message }
}

import Contacts
import Foundation

extension Form {
  /// Whether it depends on what is known of a visitor which fields are shown, or what stands in them.
  var isProfiling: Bool {
    values.settings.shownLimit != nil
      || fields.contains {
        !$0.settings.showsKnown || $0.settings.showsAfter != nil || $0.settings.fillsIn
      }
  }
}

/// Progressive profiling: what is known of a visitor is not asked for again (FRM-04).
package struct FormProfile: Sendable {
  /// The contact as whom the visitor is tracked; nil for an unknown one.
  let contact: Contact?
  /// The number of submissions of the form by the contact.
  let submissions: Int
  /// The values of its last submissions by alias.
  let answers: Set<String>

  /// Of a visitor nobody knows.
  package static let unknown = FormProfile(contact: nil, submissions: 0, answers: [])

  /// Returns the ids of the fields that the visitor is not shown.
  package func hidden(in form: Form) -> Set<Int64> {
    var hidden: Set<Int64> = []
    var shown = 0
    for field in form.shownFields where field.type.isInput && field.type != .captcha {
      let settings = field.settings
      if settings.isAlwaysShown || field.type == .hidden { continue }
      let isKnown =
        answers.contains(field.alias)
        || field.mapping.map { $0.object == .contact && contact?.fields[$0.field] != nil } ?? false
      let isEarly = settings.showsAfter.map { submissions < $0 } ?? false
      let isFull = form.values.settings.shownLimit.map { shown >= $0 } ?? false
      if !settings.showsKnown && isKnown || isEarly || isFull {
        hidden.insert(field.id)
      } else {
        shown += 1
      }
    }
    return hidden
  }

  /// Returns what is known of the contact for fields that are filled in.
  package func values(for form: Form) -> [String: String] {
    guard let contact else { return [:] }
    var values: [String: String] = [:]
    for field in form.fields where field.settings.fillsIn {
      if let mapping = field.mapping, mapping.object == .contact,
        let value = contact.fields[mapping.field]
      {
        values[field.alias] = value.text
      }
    }
    return values
  }
}

import Fields

/// An input checked against the fields: the requested change of each field.
struct ContactDraft: Sendable {
  /// The change of a field.
  enum Change: Sendable, Equatable {
    case set(CheckedValue)
    case clear
    /// The field's default, if the contact has no value (api.md 8.1, rule 3).
    case fallback(CheckedValue)
  }

  /// The published fields of contacts with a change, in display order, without `company`.
  private(set) var changes: [(field: Field, change: Change)] = []
  /// The change of the field `company` (CON-34).
  private(set) var company = ContactInput.Member<String>.absent
  /// The given values of unique identifiers as they are compared (CON-61).
  private(set) var identifiers: [(field: Field, key: String)] = []
  let input: ContactInput
  let mode: ContactEditMode
  private let defaults: [String: String]

  /// Checks an input.
  ///
  /// - Throws: ``InvalidInput`` that lists each value that its field does not accept.
  init(
    _ input: ContactInput, mode: ContactEditMode, fields: FieldSet, lists: ValueLists
  ) throws(InvalidInput) {
    self.input = input
    self.mode = mode
    defaults =
      mode == .patch
      ? [:]
      : Dictionary(
        fields.defaults(.contact).map { ($0.field.alias, $0.canonical) },
        uniquingKeysWith: { first, _ in first })
    var problems: [InvalidInput.Problem] = []
    for field in fields.contact {
      do throws(FieldProblem) {
        guard let change = try change(of: field, lists) else { continue }
        add(change, to: field)
      } catch {
        problems.append(Self.problem(field, input.values[field.alias], error))
      }
    }
    for (channel, rule) in input.frequencyRules.sorted(by: { $0.key < $1.key }) {
      do throws(InvalidInput) { try rule.check(channel: channel) } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
  }

  private mutating func add(_ change: Change, to field: Field) {
    if field.alias == "company" {
      switch change {
      case .set(let name), .fallback(let name): company = .given(name.canonical)
      case .clear: company = .cleared
      }
      return
    }
    changes.append((field, change))
    if field.isUniqueIdentifier, case .set(let value) = change {
      identifiers.append((field, IdentityKey.of(value.canonical)))
    }
  }

  /// Returns the requested change of a field; nil if none.
  private func change(of field: Field, _ lists: ValueLists) throws(FieldProblem) -> Change? {
    switch input.values[field.alias] {
    case .text(let text)?:
      guard let canonical = try field.canonical(text, policy: .strict, lists: lists),
        let value = FieldValue(canonical: canonical, type: field.type)
      else { return blank(field) }
      // The number 0 counts as blank unless all members are replaced (rule 2, quirk 5).
      if value == .number(0), !writesBlanks { return blank(field) }
      return .set(CheckedValue(value: value, canonical: canonical))
    case .blank?: return blank(field)
    case .nonsense?: throw .notText
    case nil:
      switch mode {
      case .patch: return nil
      case .upsert: return fallback(field)
      case .replace:
        if case .fallback(let value)? = fallback(field) { return .set(value) }
        return .clear
      }
    }
  }

  /// Whether blanks and 0 are written.
  private var writesBlanks: Bool { mode == .replace || input.overwritesWithBlank }

  private func blank(_ field: Field) -> Change? {
    if writesBlanks { return .clear }
    return mode == .upsert ? fallback(field) : nil
  }

  private func fallback(_ field: Field) -> Change? {
    guard let canonical = defaults[field.alias],
      let value = FieldValue(canonical: canonical, type: field.type)
    else { return nil }
    return .fallback(CheckedValue(value: value, canonical: canonical))
  }

  private static func problem(
    _ field: Field, _ value: ContactInput.Value?, _ problem: FieldProblem
  ) -> InvalidInput.Problem {
    guard case .text(let text)? = value else {
      return .init(member: field.alias, message: "not a value of a field")
    }
    return .init(member: field.alias, message: "\(InvalidInput.shown(text)): \(problem)")
  }
}

extension InvalidInput {
  /// Creates an error from several problems; at least one.
  init(_ problems: [Problem]) {
    self.init(problems[0].member, problems[0].message)
    self.problems = problems
  }
}

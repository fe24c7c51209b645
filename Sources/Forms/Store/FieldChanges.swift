import Contacts
import Fields
import Points
import Postgres
import Primitives

/// The fields of a form after a change.
struct FieldChanges {
  /// All fields, in order.
  private(set) var fields: [FormField] = []
  /// The ids of fields that are gone.
  private(set) var removed: [Int64] = []
  private let before: [FormField]

  /// Creates validated fields. An id that no field of the form has belongs to another form, of which this is a copy: it
  /// counts as the key of a new field.
  ///
  /// - Parameters:
  ///   - inputs: The input, or nil if none was given.
  ///   - before: The fields of before, in order.
  ///   - replacing: Whether fields that the input does not name are removed.
  ///   - ids: Unused ids, one for each new field.
  ///   - known: The definitions of the fields of contacts and companies.
  /// - Throws: `InvalidInput` naming the member.
  init(
    _ inputs: [FormFieldInput]?, before: [FormField], replacing: Bool, ids: [Int64],
    known: FieldSet
  ) throws {
    self.before = before
    let inputs = inputs ?? []
    let old = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var keys: [String: Int64] = [:]
    var given: [(id: Int64, old: FormField?, input: FormFieldInput, place: Int)] = []
    var unused = ids.makeIterator()
    for (place, input) in inputs.enumerated() {
      let known = input.id.flatMap { old[$0] }
      guard let id = known?.id ?? unused.next() else {
        throw InvalidInput("fields", "more than \(FormLimits.fields) fields")
      }
      if given.contains(where: { $0.id == id }) {
        throw InvalidInput("fields[\(place)].id", "\(id) occurs twice")
      }
      if let key = input.key ?? input.id.map(String.init) { keys[key] = id }
      given.append((id, known, input, place))
    }
    let named = Set(given.compactMap(\.old?.id))
    removed = replacing ? before.map(\.id).filter { !named.contains($0) } : []
    let kept = before.filter { !removed.contains($0.id) }
    guard kept.count + given.count(where: { $0.old == nil }) <= FormLimits.fields else {
      throw InvalidInput("fields", "more than \(FormLimits.fields) fields")
    }
    let present = Set(kept.map(\.id)).union(given.map(\.id))
    var taken = Set(kept.filter { !named.contains($0.id) }.map(\.alias))
    let readers = given.map { item in
      FieldReader(
        input: item.input, old: item.old, member: "fields[\(item.place)]", replacing: replacing,
        known: known)
    }
    var read: [FormField] = []
    for (item, reader) in zip(given, readers) {
      read.append(try reader.field(id: item.id, place: item.place))
    }
    // Given aliases first: derived ones make way for them.
    var aliases: [String?] = []
    for (item, field) in zip(given, read) {
      let alias = try Self.givenAlias(item.input, item.old, field.type, item.place)
      aliases.append(alias)
      guard let alias else { continue }
      guard taken.insert(alias).inserted else {
        throw InvalidInput(
          "fields[\(item.place)].alias", "\(InvalidInput.shown(alias)) occurs twice in the form")
      }
    }
    var made: [Int64: FormField] = [:]
    for (index, item) in given.enumerated() {
      var field = read[index]
      if let alias = aliases[index] {
        field.alias = alias
      } else {
        field.alias = try Self.derivedAlias(field, item.place, taken: &taken)
      }
      field.settings.parent = try readers[index].parent(keys: keys, present: present)
      made[item.id] = field
    }
    fields = Placing.order(kept, made: given.compactMap { made[$0.id] })
    try ParentCheck.check(fields)
  }

  /// Removes fields; those that depended on them are shown always.
  init(removing gone: Set<Int64>, from before: [FormField]) {
    self.before = before
    removed = before.map(\.id).filter { gone.contains($0) }
    fields = before.filter { !gone.contains($0.id) }.map { field in
      guard let parent = field.settings.parent, gone.contains(parent) else { return field }
      var field = field
      field.settings.parent = nil
      return field
    }
  }

  var isEmpty: Bool { fields == before }

  private static func givenAlias(
    _ input: FormFieldInput, _ old: FormField?, _ type: FormFieldType, _ place: Int
  ) throws(InvalidInput) -> String? {
    guard let text = input.alias, !text.isEmpty else { return old?.alias }
    if text == old?.alias { return text }
    guard text.unicodeScalars.count <= FieldAlias.maximumLength,
      text.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") })
    else {
      throw InvalidInput(
        "fields[\(place)].alias",
        "\(InvalidInput.shown(text)) is not made of letters, digits and _, at most \(FieldAlias.maximumLength)"
      )
    }
    guard !type.isInput || !reserved.contains(text.lowercased()) else {
      throw InvalidInput(
        "fields[\(place)].alias", "\(InvalidInput.shown(text)) has another meaning")
    }
    return text
  }

  /// The members that a submission has beside its values. What nobody fills in may be called like them: the button of
  /// most forms is `submit`.
  private static let reserved = Set(SubmissionMember.allCases.map { $0.rawValue.lowercased() })

  private static func derivedAlias(
    _ field: FormField, _ place: Int, taken: inout Set<String>
  ) throws(InvalidInput) -> String {
    let alias = FieldAlias.unique(FieldAlias.derived(from: field.label)) {
      taken.contains($0) || field.type.isInput && reserved.contains($0)
    }
    guard let alias else {
      throw InvalidInput("fields[\(place)].alias", "all names like the label are taken")
    }
    taken.insert(alias)
    return alias
  }
}

/// The order of parts after a change: as sent if all that stay are named; else the named ones keep their places, and new
/// ones follow.
enum Placing {
  static func order<Part: Identifiable>(_ kept: [Part], made: [Part]) -> [Part] {
    let ids = Set(made.map(\.id))
    if kept.allSatisfy({ ids.contains($0.id) }) { return made }
    let changed = Dictionary(made.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let old = Set(kept.map(\.id))
    return kept.map { changed[$0.id] ?? $0 } + made.filter { !old.contains($0.id) }
  }
}

/// Refuses fields that depend on each other in a circle: none of them would ever be shown.
enum ParentCheck {
  static func check(_ fields: [FormField]) throws(InvalidInput) {
    let parents = Dictionary(
      fields.map { ($0.id, $0.settings.parent) }, uniquingKeysWith: { first, _ in first })
    for field in fields {
      var next = field.settings.parent
      var steps = 0
      while let id = next {
        steps += 1
        guard id != field.id, steps <= fields.count else {
          throw InvalidInput("fields", "the field \(field.alias) depends on itself")
        }
        next = parents[id] ?? nil
      }
    }
  }
}

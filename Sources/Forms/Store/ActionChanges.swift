import Contacts
import Points
import Postgres
import Primitives

/// The actions of a form after a change.
struct ActionChanges {
  /// All actions, in order.
  private(set) var actions: [FormAction] = []
  /// The ids of actions that are gone.
  private(set) var removed: [Int64] = []
  private let before: [FormAction]

  /// Creates validated actions. An id that no action of the form has belongs to another form, of which this is a copy:
  /// it is ignored.
  ///
  /// - Parameters:
  ///   - inputs: The input, or nil if none was given.
  ///   - before: The actions of before, in order.
  ///   - replacing: Whether actions that the input does not name are removed.
  ///   - ids: Unused ids, one for each new action.
  /// - Throws: `InvalidInput` naming the member.
  init(
    _ inputs: [FormActionInput]?, before: [FormAction], replacing: Bool, ids: [Int64]
  ) throws {
    self.before = before
    let old = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var named: Set<Int64> = []
    var made: [FormAction] = []
    var unused = ids.makeIterator()
    for (place, input) in (inputs ?? []).enumerated() {
      let known = input.id.flatMap { old[$0] }
      if let known, !named.insert(known.id).inserted {
        throw InvalidInput("actions[\(place)].id", "\(known.id) occurs twice")
      }
      guard let id = known?.id ?? unused.next() else {
        throw InvalidInput("actions", "more than \(FormLimits.actions) actions")
      }
      made.append(try Self.action(input, known, id: id, place: place, replacing: replacing))
    }
    removed = replacing ? before.map(\.id).filter { !named.contains($0) } : []
    let kept = before.filter { !removed.contains($0.id) }
    actions = Placing.order(kept, made: made)
    guard actions.count <= FormLimits.actions else {
      throw InvalidInput("actions", "more than \(FormLimits.actions) actions")
    }
  }

  /// Removes actions.
  init(removing gone: Set<Int64>, from before: [FormAction]) {
    self.before = before
    removed = before.map(\.id).filter { gone.contains($0) }
    actions = before.filter { !gone.contains($0.id) }
  }

  var isEmpty: Bool { actions == before }

  private static func action(
    _ input: FormActionInput, _ old: FormAction?, id: Int64, place: Int, replacing: Bool
  ) throws -> FormAction {
    let member = "actions[\(place)]"
    let word = input.type ?? old?.type ?? ""
    guard !word.isEmpty, word.utf8.count <= 100, !word.contains("\0") else {
      throw InvalidInput("\(member).type", "a type is required, of at most 100 characters")
    }
    guard old == nil || old?.type == word else {
      throw InvalidInput("\(member).type", "the type of an action cannot be changed")
    }
    let kept = replacing ? nil : old
    let name = try RecordText.name(
      input.name.flatMap { $0.isEmpty ? nil : $0 } ?? kept?.name
        ?? FormActionType(rawValue: word)?.label ?? word, "\(member).name")
    let description =
      input.description == nil
      ? kept?.description
      : try RecordText.optional(input.description, "\(member).description", html: true)
    let order = input.order ?? kept?.order ?? place + 1
    guard Int32(exactly: order) != nil else {
      throw InvalidInput("\(member).order", "\(order) is no number of 32 bits")
    }
    let properties =
      input.properties == nil
      ? kept?.properties ?? .object([:])
      : try RuleProperties.read(input.properties, "\(member).properties")
    // Unchanged properties are not checked again, so that a form can be sent back whole.
    if properties != old?.properties, let type = FormActionType(rawValue: word) {
      try ActionProperties.check(type, properties, "\(member).properties")
    }
    return FormAction(
      id: id, name: name, description: description, type: word, order: order,
      properties: properties)
  }
}

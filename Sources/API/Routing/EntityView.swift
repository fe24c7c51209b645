/// The members of an entity that an answer shows (API page, sections 6 and 7).
struct EntityView: Sendable, Equatable {
  /// The members shown; nil for all. `id` is always among them.
  var members: Set<String>?
  /// Whether null members are left out, as with `select`.
  var leavesNullsOut = false
  /// Whether `id` is null, as for a deleted entity.
  var hidesID = false

  /// Everything.
  static let whole = EntityView()
  /// Everything of an entity that is gone.
  static let deleted = EntityView(hidesID: true)

  init(hidesID: Bool = false) { self.hidesID = hidesID }

  /// The members that `select[]` names; else, with `minimal`, the short form.
  init(_ query: JSONValue, minimal: Set<String>?) {
    let selected = Set(query["select"]?.commaList ?? [])
    if !selected.isEmpty {
      members = selected
      leavesNullsOut = true
    } else if query["minimal"]?.truth == true {
      members = minimal
    }
  }

  /// Whether a member is shown with a value.
  func shows(_ member: String, _ value: JSONValue) -> Bool {
    if leavesNullsOut, value == .null { return false }
    return member == "id" || members?.contains(member) ?? true
  }

  /// The entity reduced to the members shown.
  func apply(to entity: JSONValue) -> JSONValue {
    guard self != .whole, case .object(var object) = entity else { return entity }
    if members != nil || leavesNullsOut {
      object = JSONObject(
        object.members.filter { shows($0.key, $0.value) }.map { ($0.key, $0.value) })
    }
    if hidesID { object["id"] = .null }
    return .object(object)
  }
}

/// The members of a contact that a request asks for.
struct ContactView: Sendable, Equatable {
  /// Members of the short form (`minimal`).
  static let minimal: Set<String> = [
    "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
    "modifiedByUser", "points", "color", "fields",
  ]

  private var members: Set<String>?
  private var fields: Set<String>?
  /// Whether null members are left out, as with `select`.
  private(set) var leavesNullsOut = false

  /// Everything.
  init() {}

  /// The contact within a record that belongs to it (API page, 8.8).
  static let ofRecord: ContactView = {
    var view = ContactView()
    view.members = ["points", "color", "fields"]
    return view
  }()

  /// Reads `minimal` and `select[]`. A field's alias in `select` shows `fields` with that field
  /// alone; the id is always there.
  init(_ query: JSONValue, fields: [String]) {
    let selected = Set(query["select"]?.commaList ?? [])
    if !selected.isEmpty {
      members = selected
      leavesNullsOut = true
      if !selected.contains("fields") {
        // `points` is both a member and a field: the member is meant.
        self.fields = selected.intersection(fields).subtracting(["points"])
      }
    } else if query["minimal"]?.truth == true {
      members = Self.minimal
    }
  }

  /// Whether a member is shown.
  func shows(member: String) -> Bool { members?.contains(member) ?? true }

  /// Whether there is a member `fields`.
  var showsFields: Bool { shows(member: "fields") || fields?.isEmpty == false }

  /// Whether a field is shown within it.
  func shows(field: String) -> Bool { fields?.contains(field) ?? true }
}

import Postgres
import Primitives

/// The kinds of records that events reference by id; the ids differ between installations.
enum ReferenceKind: String, Sendable, CaseIterable {
  case segment, form, campaign, stage, user, email, company, pointGroup, asset, page,
    dynamicContent,
    focusItem

  /// The table, and the column that identifies a record elsewhere. Some tables belong to modules that need
  /// not be installed.
  var location: (table: String, column: String) {
    switch self {
    case .segment: ("segments", "alias")
    case .form: ("forms", "alias")
    case .campaign: ("campaigns", "name")
    case .stage: ("stages", "name")
    case .user: ("users", "username")
    case .email: ("emails", "name")
    case .company: ("companies", "companyname")
    case .pointGroup: ("point_groups", "name")
    case .asset: ("assets", "alias")
    case .page: ("pages", "alias")
    case .dynamicContent: ("dynamic_contents", "name")
    case .focusItem: ("focus_items", "name")
    }
  }

  /// The column with the name that people read.
  var label: String {
    switch self {
    case .asset, .page: "title"
    case .segment, .form: "name"
    default: location.column
    }
  }

  /// The members of an export of Mautic that hold such records, the one that ours have first; empty for those that a
  /// document cannot hold without their being imported, or that belong to the installation.
  var mauticTables: [String] {
    switch self {
    case .segment: ["lists", "list", "segments"]
    case .form: ["form", "forms"]
    case .email: ["email", "emails"]
    case .page: ["page", "pages"]
    case .asset: ["asset", "assets"]
    case .pointGroup: ["group", "groups", "point_group", "point_groups"]
    case .stage: ["stage", "stages"]
    case .dynamicContent: ["dynamicContent", "dynamicContents", "dynamic_content"]
    case .focusItem: ["focus", "focus_item"]
    case .campaign, .user, .company: []
    }
  }

  /// Returns the properties of a type that reference records, as paths separated by dots.
  static func members(of type: String) -> [(path: String, kind: ReferenceKind)] {
    switch type {
    case "lead.changelist": [("addToLists", .segment), ("removeFromLists", .segment)]
    case "lead.segments": [("segments", .segment)]
    case EventType.changeCampaigns: [("addTo", .campaign), ("removeFrom", .campaign)]
    case "lead.campaigns": [("campaigns", .campaign)]
    case "stage.change": [("stage", .stage)]
    case "lead.stages": [("stages", .stage)]
    case "lead.changeowner", "lead.owner": [("owner", .user)]
    case EventType.sendEmail: [("email", .email)]
    case "email.send.to.user": [("useremail.email", .email), ("user_id", .user)]
    case "user.notify": [("users", .user)]
    case "lead.changepoints", "lead.points": [("group", .pointGroup)]
    case "lead.addtocompany": [("company", .company)]
    case "form.submit": [("forms", .form)]
    case "form.field_value": [("form", .form)]
    case "asset.download": [("assets", .asset)]
    case "dwc.decision", "dwc.push_content": [("dynamicContent", .dynamicContent)]
    case "focus.show": [("focus", .focusItem)]
    case "page.pagehit": [("pages", .page)]
    case "lead.pageHit": [("page", .page)]
    default: []
    }
  }
}

extension JSONValue {
  /// Returns the ids in a property, in any form; texts such as `this` are left out.
  func ids(at path: String) -> [Int64] {
    guard let value = value(at: path) else { return [] }
    guard case .array(let items) = value else { return value.number.map { [$0] } ?? [] }
    return items.compactMap(\.number)
  }

  /// Returns the value with the ids in a property replaced; those without a new one are removed.
  func replacing(at path: String, _ new: [Int64: Int64]) -> JSONValue {
    guard case .object(var members) = self else { return self }
    let (name, rest) = Self.step(path)
    guard let value = members[name] else { return self }
    if let rest {
      members[name] = value.replacing(at: rest, new)
      return .object(members)
    }
    func replaced(_ value: JSONValue) -> JSONValue? {
      guard let number = value.number else { return value }
      return new[number].map { .integer($0) }
    }
    if case .array(let items) = value {
      members[name] = .array(items.compactMap(replaced))
    } else {
      members[name] = replaced(value)
    }
    return .object(members)
  }

  private func value(at path: String) -> JSONValue? {
    let (name, rest) = Self.step(path)
    guard let rest else { return self[name] }
    return self[name]?.value(at: rest)
  }

  private static func step(_ path: String) -> (name: String, rest: String?) {
    guard let dot = path.firstIndex(of: ".") else { return (path, nil) }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }

  private var number: Int64? {
    if case .object = self { return self["id"]?.number }
    return int.map(Int64.init)
  }
}

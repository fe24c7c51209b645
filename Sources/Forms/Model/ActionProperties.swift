import Contacts
import Mail
import Points
import Primitives

/// The properties of actions: what an action could not use is refused when it is saved, and read again when it is done.
enum ActionProperties {
  /// Checks the properties of an action.
  ///
  /// - Throws: `InvalidInput` naming the property.
  static func check(
    _ type: FormActionType, _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) {
    switch type {
    case .recordUTM, .removeDoNotContact: break
    case .downloadAsset: _ = try asset(properties, member)
    case .sendEmail: _ = try email(properties, member)
    case .sendEmailToUser:
      _ = try email(properties, member)
      _ = try users(properties, member)
    case .mailResults: try addresses(properties, member)
    case .repost: _ = try repost(properties, member)
    case .changeSegments: _ = try segments(properties, member)
    case .changeTags: _ = try tags(properties, member)
    case .changePoints: _ = try points(properties, member)
    case .scoreCompanies: _ = try score(properties, member)
    }
  }

  /// Returns the asset that visitors get, or the category of which they get the newest; neither where none is named.
  static func asset(
    _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) -> (asset: Int64?, category: Int64?) {
    func id(_ name: String) throws(InvalidInput) -> Int64? {
      guard let value = properties[name], value != .null, value != .string("") else { return nil }
      guard let id = value.int, id > 0 else {
        throw InvalidInput(
          "\(member).\(name)", "\(InvalidInput.shown(value.text ?? "")) is no number of one")
      }
      return Int64(id)
    }
    return (try id("asset"), try id("category"))
  }

  /// Returns the e-mail that is sent.
  static func email(_ properties: JSONValue, _ member: String) throws(InvalidInput) -> Int64 {
    let nested = properties["useremail"]?["email"]
    guard let id = (nested ?? properties["email"])?.int, id > 0 else {
      throw InvalidInput("\(member).email", "is required: the number of an e-mail")
    }
    return Int64(id)
  }

  /// Returns the users who are told.
  static func users(_ properties: JSONValue, _ member: String) throws(InvalidInput) -> [Int64] {
    try RuleProperties.ids(properties["user_id"] ?? .null, "\(member).user_id")
  }

  /// Whether a property is true, in any spelling of forms.
  static func isOn(_ properties: JSONValue, _ name: String) -> Bool {
    BooleanWord.parse(properties[name]?.text ?? "") ?? false
  }

  private static func addresses(
    _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) {
    for name in ["to", "cc", "bcc"] {
      for part in (properties[name]?.text ?? "").split(separator: ",") {
        let text = part.trimmingBlanks()
        guard text.isEmpty || UserNotification.isAddress(text) else {
          throw InvalidInput(
            "\(member).\(name)", "\(InvalidInput.shown(text)) is neither an address nor a token")
        }
      }
    }
  }

  /// Returns the address to which results are posted.
  static func repost(_ properties: JSONValue, _ member: String) throws(InvalidInput) -> String {
    let address = properties["post_url"]?.text?.trimmingBlanks() ?? ""
    guard WebTarget.host(of: address) != nil, address.utf8.count <= FormLimits.address else {
      throw InvalidInput(
        "\(member).post_url",
        "\(InvalidInput.shown(address)) is not an address with http:// or https://")
    }
    return address
  }

  /// Returns the segments that contacts are added to and removed from.
  static func segments(
    _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) -> (added: [Int64], removed: [Int64]) {
    (
      try RuleProperties.ids(properties["addToLists"] ?? .null, "\(member).addToLists"),
      try RuleProperties.ids(properties["removeFromLists"] ?? .null, "\(member).removeFromLists")
    )
  }

  /// Returns the tags that contacts get and lose.
  static func tags(
    _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) -> (added: [String], removed: [String]) {
    (
      try RuleProperties.tags(properties["add_tags"] ?? .null, "\(member).add_tags"),
      try RuleProperties.tags(properties["remove_tags"] ?? .null, "\(member).remove_tags")
    )
  }

  /// Returns the change of points; with a group it changes the score in it.
  static func points(
    _ properties: JSONValue, _ member: String
  ) throws(InvalidInput) -> (operation: PointsOperator, amount: Int, group: Int64?) {
    let word = properties["operator"]?.text ?? "plus"
    guard let operation = PointsOperator(rawValue: word) else {
      let known = PointsOperator.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput("\(member).operator", "\(InvalidInput.shown(word)) is none of \(known)")
    }
    let amount = try whole(properties, "points", member)
    if operation == .divide, amount == 0 {
      throw InvalidInput("\(member).points", "points cannot be divided by 0")
    }
    let group = try RuleProperties.ids(properties["group"] ?? .null, "\(member).group")
    guard group.count <= 1 else {
      throw InvalidInput("\(member).group", "\(group.count) groups are given, not one")
    }
    return (operation, amount, group.first)
  }

  /// Returns what is added to the score of companies.
  static func score(_ properties: JSONValue, _ member: String) throws(InvalidInput) -> Int {
    try whole(properties, "score", member)
  }

  private static func whole(
    _ properties: JSONValue, _ name: String, _ member: String
  ) throws(InvalidInput) -> Int {
    guard let number = properties[name]?.int,
      (-ContactPoints.limit...ContactPoints.limit).contains(number)
    else {
      throw InvalidInput(
        "\(member).\(name)",
        "\(InvalidInput.shown(properties[name]?.text ?? "")) is no whole number between -\(ContactPoints.limit) and \(ContactPoints.limit)"
      )
    }
    return number
  }
}

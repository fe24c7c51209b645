import API

/// The pages of roles.
enum RolePages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "roles", member: "role", area: .roles,
      nouns: .init(
        one: "Role", many: "Roles", none: "No roles yet",
        meaning: "A role says what its users may see and do, here and through the API alike.",
        new: "New role"),
      columns: { page in
        [
          RecordPages.name(page, path: "roles"),
          Column(page.texts("Rights")) { role, page in
            if role["isAdmin"]?.truth == true {
              return page.badge(page.texts("Administrator"), .info)
            }
            guard case .object(let grants)? = role["rawPermissions"], !grants.isEmpty else {
              return page.muted(page.texts("None"))
            }
            return page.plain(
              page.texts.counting(
                grants.members.count, one: "In 1 area", many: "In {count} areas"))
          },
          Column(page.texts("Second factor")) { role, page in
            role["requiresTwoFactor"]?.truth == true
              ? page.badge(page.texts("Required"), .ok) : page.muted(page.texts("Optional"))
          },
          Column(page.texts("Users")) { role, page in
            guard page.may(.view, .users) else { return page.muted("–") }
            let search = "role:\"\(role["name"]?.text ?? "")\""
            return page.link(
              page.texts("View users"), to: "users?search=\(PageRequest.encoded(search))")
          },
          Column(page.texts("Created"), order: "dateAdded", .wide) { $1.time($0["dateAdded"]) },
        ]
      },
      fields: { _, page in fields(page) })
    kind.isPublishable = false
    kind.order = ("name", "ASC")
    kind.styles = ["users.css"]
    // A form without a ticked box sends nothing of the matrix at all.
    kind.prepare = { members, _ in
      if members["rawPermissions"]?.elements == nil, members["rawPermissions"]?.text != nil {
        members["rawPermissions"] = [:]
      }
    }
    return kind
  }()

  private static func fields(_ page: PageRequest) -> [FormSection] {
    let texts = page.texts
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          FormField("description", texts("Description")),
          FormField(
            "isAdmin", texts("Administrator"), .flag,
            hint: texts("May do everything, whatever is ticked below.")),
          FormField(
            "requiresTwoFactor", texts("Second factor required"), .flag,
            hint: texts("Who has none sets it up at the next sign-in.")),
        ]),
      FormSection(
        texts("Permissions"),
        [
          FormField(
            "rawPermissions", texts("By area and level"),
            .drawn { PermissionMatrix(grants: $0, page: page)() },
            hint: texts(
              "Own records are those that a user has created; of contacts those that he owns. All includes own, Full includes everything."
            ), isWide: true)
        ]),
    ]
  }
}

import API
import Users

/// The permissions of a role as boxes to tick: a row for each area, a column for each action.
struct PermissionMatrix: Sendable {
  /// The levels that are granted, by area.
  let grants: JSONValue
  let page: PageRequest

  /// A column: its heading and the levels of areas without and with owners.
  private struct Action {
    var heading: String
    var levels: [(level: PermissionLevel, label: String)]
  }

  private static let actions: [Action] = [
    Action(heading: "View", levels: [(.view, "Yes"), (.viewown, "Own"), (.viewother, "All")]),
    Action(heading: "Edit", levels: [(.edit, "Yes"), (.editown, "Own"), (.editother, "All")]),
    Action(heading: "Create", levels: [(.create, "Yes")]),
    Action(
      heading: "Delete", levels: [(.delete, "Yes"), (.deleteown, "Own"), (.deleteother, "All")]),
    Action(
      heading: "Publish", levels: [(.publish, "Yes"), (.publishown, "Own"), (.publishother, "All")]
    ),
    Action(heading: "Full", levels: [(.full, "Yes"), (.enable, "Yes")]),
  ]

  private static let template = Template(
    #"""
    <input type="hidden" name="rawPermissions" value=""><div id="f-rawPermissions" class="table-wrap permissions" role="group" aria-label="[[Permissions]]"><table class="table"><caption class="sr">[[Permissions]]</caption>
    <thead><tr><th scope="col">[[Area]]</th>{{#headings}}<th scope="col">{{.}}</th>{{/headings}}</tr></thead>{{#groups}}
    <tbody><tr class="permission-group"><th scope="rowgroup" colspan="7">{{heading}}</th></tr>{{#areas}}<tr><th scope="row">{{name}}</th>{{#cells}}<td data-label="{{heading}}">{{#boxes}}<label class="choice"><input type="checkbox" name="rawPermissions[{{area}}][]" value="{{level}}" aria-label="{{spoken}}"{{#isTicked}} checked{{/isTicked}}><span>{{label}}</span></label>{{/boxes}}{{^boxes}}<span class="muted" aria-hidden="true">–</span>{{/boxes}}</td>{{/cells}}</tr>{{/areas}}</tbody>{{/groups}}</table></div>
    """#)

  func callAsFunction() -> HTML {
    Self.template(
      [
        "headings": Self.actions.map { page.texts($0.heading) },
        "groups": AreaNames.groups.map { group -> [String: Any] in
          ["heading": page.texts(group.heading), "areas": group.areas.map(row)]
        },
      ], page.texts)
  }

  private func row(_ named: (name: String, area: String)) -> [String: Any] {
    let known = Set(PermissionArea(named: named.area)?.levels ?? [])
    let ticked = Set(Self.levels(grants[named.area]))
    let name = page.texts(named.name)
    return [
      "name": name,
      "cells": Self.actions.map { action -> [String: Any] in
        let heading = page.texts(action.heading)
        return [
          "heading": heading,
          "boxes": action.levels.filter { known.contains($0.level) }.map {
            level -> [String: Any] in
            let label = page.texts(level.label)
            return [
              "area": named.area, "level": level.level.rawValue, "label": label,
              "spoken": "\(name): \(heading), \(label)",
              "isTicked": ticked.contains(level.level.rawValue),
            ]
          },
        ]
      },
    ]
  }

  private static func levels(_ value: JSONValue?) -> [String] {
    switch value {
    case .array(let items)?: items.compactMap(\.text)
    case .object(let object)?: object.members.compactMap { $0.value.text }
    case nil: []
    case let other?: [other.text ?? ""]
    }
  }
}

/// What areas of permissions are called, in English, and how they are grouped.
enum AreaNames {
  typealias Group = (heading: String, areas: [(name: String, area: String)])

  static let groups: [Group] = [
    (
      "People",
      [
        ("Contacts and companies", "lead:leads"), ("Segments", "lead:lists"),
        ("Imports", "lead:imports"), ("Exports", "lead:export"), ("Tags", "tagManager:tagManager"),
        ("Stages", "stage:stages"),
      ]
    ),
    (
      "Engagement",
      [
        ("Campaigns", "campaign:campaigns"), ("E-mails", "email:emails"), ("Forms", "form:forms"),
        ("Landing pages", "page:pages"), ("Assets and files", "asset:assets"),
        ("Dynamic content", "dynamiccontent:dynamiccontents"), ("Focus items", "focus:items"),
        ("Messages", "channel:messages"), ("Text messages", "sms:smses"),
        ("Notifications", "notification:notifications"), ("Tweets", "mauticSocial:tweets"),
        ("Themes", "core:themes"),
      ]
    ),
    (
      "Scoring and insight",
      [
        ("Point actions", "point:points"), ("Point triggers", "point:triggers"),
        ("Point groups", "point:groups"), ("Reports", "report:reports"),
      ]
    ),
    (
      "Operation",
      [
        ("Users", "user:users"), ("Roles", "user:roles"), ("Custom fields", "lead:fields"),
        ("Webhooks", "webhook:webhooks"), ("API clients", "api:clients"),
        ("API tokens and applications", "api:access"),
      ]
    ),
    ("Categories", [("All categories", "category:categories")] + bundles),
  ]

  /// The categories of one kind of record each.
  private static var bundles: [(name: String, area: String)] {
    [
      ("Of assets", "asset"), ("Of campaigns", "campaign"), ("Of channels", "channel"),
      ("Of dynamic content", "dynamiccontent"), ("Of e-mails", "email"),
      ("Of focus items", "focus"), ("Of forms", "form"), ("Of contacts", "lead"),
      ("Of messages", "messages"), ("Of notifications", "notification"), ("Of pages", "page"),
      ("Of points", "point"), ("Of segments", "segment"), ("Of text messages", "sms"),
      ("Of stages", "stage"), ("Of webhooks", "webhook"), ("For all kinds", "global"),
    ].map { ($0.0, "\($0.1):categories") }
  }
}

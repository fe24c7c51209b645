/// Where settings stand: groups of the API under headings, in tabs.
struct SettingTab: Sendable {
  /// Its word in addresses.
  let name: String
  /// Its name, in English.
  let title: String
  let sections: [SettingSection]

  /// A group of the API's settings.
  struct SettingSection: Sendable {
    /// The word of the API for it.
    let group: String
    /// In English.
    let heading: String
    /// What the group is about, in English.
    let about: String

    init(_ group: String, _ heading: String, about: String) {
      self.group = group
      self.heading = heading
      self.about = about
    }
  }

  init(_ name: String, title: String, _ sections: [SettingSection]) {
    self.name = name
    self.title = title
    self.sections = sections
  }

  /// The settings of tracking, which have a page of their own too.
  static let tracking = [
    SettingTab(
      "sites", title: "Websites",
      [
        .init(
          "sites", "Websites and cookies",
          about: "Which websites may ask who their visitor is, and how the cookies are set.")
      ]),
    SettingTab(
      "privacy", title: "Privacy",
      [
        .init(
          "privacy", "Privacy",
          about: "Whom tracking leaves out, and what of the others is not kept.")
      ]),
    SettingTab(
      "visitors", title: "Visitors",
      [
        .init(
          "visitors", "Who a visitor is",
          about: "How visitors become known contacts, and how long their visits are kept.")
      ]),
    SettingTab(
      "services", title: "Analytics",
      [
        .init(
          "services", "Google Analytics and Facebook",
          about:
            "The tracking script can load these services, so that websites need no further code.")
      ]),
  ]

  /// All settings.
  static let all = [
    SettingTab(
      "general", title: "General",
      [
        .init("general", "This installation", about: "What holds for everything."),
        .init("files", "Files", about: "What may be uploaded for assets and pictures."),
      ]),
    SettingTab(
      "people", title: "Contacts",
      [
        .init(
          "contacts", "Contacts and companies",
          about: "When two records are the same person or company."),
        .init(
          "segments", "Segments", about: "How often segments are rebuilt, and when to be warned."),
        .init(
          "transfer", "Imports and exports",
          about: "How much may run at once, and how long files are kept."),
      ]),
    SettingTab(
      "campaigns", title: "Campaigns",
      [
        .init(
          "campaigns", "Campaigns", about: "What happens when an action fails or a contact returns."
        )
      ]),
    SettingTab(
      "email", title: "E-mail",
      [
        .init("email", "Sender and content", about: "What e-mails hold where they do not say."),
        .init("delivery", "Delivery", about: "How much is sent, and how fast."),
      ]),
    SettingTab(
      "preferences", title: "Unsubscribing",
      [
        .init(
          "preferences", "Unsubscribing and preferences",
          about: "What recipients see and choose behind the unsubscribe link.")
      ]),
    SettingTab(
      "machines", title: "Machines",
      [
        .init(
          "machines", "Machines that read e-mails",
          about:
            "Mail programs and scanners open and click by themselves. What they do is not counted as a person's."
        )
      ]),
    SettingTab("tracking", title: "Tracking", tracking.flatMap(\.sections)),
    SettingTab(
      "access", title: "Access",
      [
        .init("login", "Signing in", about: "Sessions of browsers, and sign-in by a provider."),
        .init("api", "API", about: "Who may call the API, and how often."),
      ]),
  ]
}

import API

/// The fields of an e-mail's form.
struct EmailFields: Sendable {
  /// The e-mail; nil for a new one.
  let record: JSONValue?
  let page: PageRequest

  private var texts: Texts { page.texts }

  private var isList: Bool {
    record.map { $0["emailType"]?.text == "list" } ?? (page.query("type") == "list")
  }

  private var isVariant: Bool { record?["variantParent"]?.integer != nil }
  private var isChild: Bool { isVariant || record?["translationParent"]?.integer != nil }

  func sections() async throws -> [FormSection] {
    var sections = [head]
    if isList, !isChild { sections.append(try await recipients()) }
    sections += [content, sender, try await order()]
    if isVariant || !(record?["variantChildren"]?.elements ?? []).isEmpty { sections.append(test) }
    return sections + [try await unsubscribing(), UTMFields.section(page), publishing]
  }

  private var head: FormSection {
    FormSection(
      "",
      [
        FormField(
          "name", texts("Name"), hint: texts("What it is called here. Nobody else sees it."),
          isRequired: true),
        FormField("subject", texts("Subject"), isRequired: true),
        FormField(
          "preheaderText", texts("Preview text"),
          hint: texts("Mail programs show it beside the subject."), isWide: true),
        hidden("emailType", isList ? "list" : "template"),
      ].filter { record == nil || $0.name != "emailType" })
  }

  private static let hiddenTemplate = Template(
    #"""
    <input type="hidden" name="{{name}}" value="{{value}}"><input class="input" id="f-{{name}}" value="{{text}}" readonly>
    """#)

  /// The type of a new e-mail, which the tabs above the form choose.
  private func hidden(_ name: String, _ value: String) -> FormField {
    FormField(
      name, texts("Kind of e-mail"),
      .markup(
        Self.hiddenTemplate(
          [
            "name": name, "value": value,
            "text": value == "list"
              ? texts("Segment e-mail: goes to members of segments, once to each.")
              : texts("Template e-mail: sent by campaigns, forms, points and by hand."),
          ], texts)), isWide: true)
  }

  private func recipients() async throws -> FormSection {
    let answer = try await page.optional(
      "segments", ["limit": 1000, "orderBy": "name", "minimal": 1])
    let segments = (answer?["lists"]?.elements ?? []).map {
      FormField.Choice($0["id"]?.text ?? "", $0["name"]?.text ?? "")
    }
    return FormSection(
      texts("Recipients"),
      [
        FormField(
          "lists", texts("Segments"), .choices(segments),
          hint: texts("Members of any of these get it."), isRequired: true),
        FormField(
          "excludedLists", texts("Except members of"), .choices(segments),
          hint: texts("Members of any of these do not get it.")),
      ])
  }

  private var content: FormSection {
    FormSection(
      texts("Content"),
      [
        FormField("customHtml", texts("E-mail"), .island(rows: 18) { builder($0) }, isWide: true),
        FormField(
          "plainText", texts("Plain text"), .longText(rows: 6),
          hint: texts("Empty: what the HTML says, made whenever the e-mail is sent."), isWide: true),
      ])
  }

  private static let builderTemplate = Template(
    #"""
    <email-builder frame-src="/console/emails/frame"{{#id}} email-id="{{id}}"{{/id}} fields="/api/fields/contact?limit=200">{{{areaHTML}}}</email-builder><input type="hidden" name="dynamicContent" value="{{dynamic}}">
    """#)

  /// The builder around its text area.
  private func builder(_ area: HTML) -> HTML {
    let dynamic = record?["dynamicContent"] ?? []
    return Self.builderTemplate(
      [
        "id": record?["id"]?.text ?? "", "areaHTML": area,
        "dynamic": String(decoding: dynamic.rendered, as: UTF8.self),
      ], texts)
  }

  private var sender: FormSection {
    FormSection(
      texts("Sender"),
      [
        FormField("fromName", texts("Name of the sender"), hint: systemHint),
        FormField("fromAddress", texts("Address of the sender"), hint: systemHint),
        FormField("replyToAddress", texts("Answers go to"), hint: systemHint),
        FormField("bccAddress", texts("Copies go to")),
        FormField(
          "useOwnerAsMailer", texts("The contact's owner is the sender"),
          .choice([
            .init("", texts("As the settings say")), .init("1", texts("Yes")),
            .init("0", texts("No")),
          ])),
      ])
  }

  private var systemHint: String { texts("Empty: as the settings say.") }

  private func order() async throws -> FormSection {
    var language = CommonFields.language(page)
    language.initial = "en"
    let assets = try await page.optional("assets", ["limit": 1000, "minimal": 1])
    return FormSection(
      texts("Details"),
      [
        try await CommonFields.category("email", page), language,
        FormField("description", texts("Description"), .longText(rows: 2), isWide: true),
        FormField(
          "assetAttachments", texts("Attached files"),
          .choices(Self.titled(assets?["assets"]))),
      ])
  }

  private var test: FormSection {
    let weight = FormField(
      "variantSettings[weight]", texts("Share in per cent"), .number,
      hint: texts("Of the recipients; the variants together at most 100."), isRequired: true)
    let criteria = FormField(
      "variantSettings[winnerCriteria]", texts("The best is that with most"),
      .choice([
        .init("email.openrate", texts("opens")), .init("email.clickthrough", texts("clicks")),
      ]))
    return FormSection(texts("Test of variants"), isVariant ? [weight, criteria] : [criteria])
  }

  private func unsubscribing() async throws -> FormSection {
    let forms = try await page.optional("forms", ["limit": 1000, "orderBy": "name", "minimal": 1])
    let pages = try await page.optional("pages", ["limit": 1000, "orderBy": "title"])
    let centres = (pages?["pages"]?.elements ?? []).filter {
      $0["isPreferenceCenter"]?.truth == true
    }
    return FormSection(
      texts("Unsubscribing"),
      [
        FormField(
          "preferenceCenter", texts("Preference centre"), .choice(Self.titled(.array(centres))),
          hint: texts("The page on which contacts choose what they get.")),
        FormField(
          "unsubscribeForm", texts("Form of feedback"), .choice(Self.titled(forms?["forms"])),
          hint: texts("Asked on the page that tells of unsubscribing.")),
      ])
  }

  private var publishing: FormSection {
    var section = CommonFields.publishing(page)
    if isList {
      section.fields[1].hint = texts(
        "From then on it is sent by itself, also to those who join the segments later. Empty: it is sent when you say so."
      )
    }
    section.fields.append(
      FormField(
        "publicPreview", texts("Everybody may see its preview"), .flag,
        hint: texts("Who has the address need not sign in.")))
    return section
  }

  private static func titled(_ list: JSONValue?) -> [FormField.Choice] {
    (list?.elements ?? []).map {
      FormField.Choice($0["id"]?.text ?? "", $0["title"]?.text ?? $0["name"]?.text ?? "")
    }
  }

  /// What a form sends, as the API takes it.
  static func prepare(_ members: inout JSONObject) {
    // The preview reads it from the form; it is changed on a page of its own.
    members["dynamicContent"] = nil
    if members["useOwnerAsMailer"]?.text == "" { members["useOwnerAsMailer"] = .null }
    // Forms write the ends of lines as CR LF.
    for name in ["customHtml", "plainText"] {
      if let text = members[name]?.text {
        members[name] = .string(text.replacing("\r\n", with: "\n"))
      }
    }
  }
}

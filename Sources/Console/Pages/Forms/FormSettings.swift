import API

/// The settings of a form.
enum FormSettings {
  static func sections(_ form: JSONValue?, _ page: PageRequest) async throws -> [FormSection] {
    let texts = page.texts
    return [
      FormSection(
        "",
        [
          FormField(
            "name", texts("Name"), hint: texts("Visitors see it above the form's own page."),
            isRequired: true),
          try await CommonFields.category("form", page),
          FormField("description", texts("Description"), .longText(rows: 3), isWide: true),
          FormField(
            "formType", texts("Kind"),
            .choice([
              .init("standalone", texts("Standalone")), .init("campaign", texts("For campaigns")),
            ]),
            hint: texts("Both kinds can be a source of campaigns and have actions of their own."),
            isRequired: true, initial: "standalone"),
          CommonFields.language(page),
        ]),
      afterwards(texts), consent(texts), protection(texts), look(texts),
      CommonFields.publishing(page),
    ]
  }

  private static func afterwards(_ texts: Texts) -> FormSection {
    FormSection(
      texts("After sending"),
      [
        FormField(
          "postAction", texts("The visitor"),
          .choice([
            .init("message", texts("reads a message")),
            .init("redirect", texts("is led to another page")),
            .init("return", texts("stays on the page of the form")),
          ]), isRequired: true, initial: "message"),
        FormField(
          "postActionProperty", texts("Message or address"),
          hint: texts("The text of the message, or an address with https:// to be led to.")),
      ])
  }

  private static func consent(_ texts: Texts) -> FormSection {
    FormSection(
      texts("Consent"),
      [
        FormField(
          "consentText", texts("Text of the consent"), .longText(rows: 2),
          hint: texts(
            "The visitor has to tick a box beside it. It is kept with the submission as it stood then. Empty: no box."
          ),
          isWide: true),
        FormField(
          "doubleOptIn[subject]", texts("Subject of the confirmation mail"),
          hint: texts(
            "With a subject, nothing follows from a submission until its address is confirmed. The form needs a required e-mail field that fills in the contact's e-mail."
          ),
          isWide: true),
        FormField(
          "doubleOptIn[message]", texts("Text of the confirmation mail"), .longText(rows: 5),
          hint: texts("In the place of {confirm_url} stands a link that works for 30 days."),
          isWide: true),
      ])
  }

  private static func protection(_ texts: Texts) -> FormSection {
    FormSection(
      texts("Protection and questions"),
      [
        FormField(
          "proofOfWork", texts("Let browsers prove that no program sends"), .flag,
          hint: texts(
            "The browser works for a moment before it may send; nobody has to read distorted letters."
          )),
        FormField(
          "progressiveProfilingLimit", texts("Fields shown at once"), .number,
          hint: texts(
            "At most so many; what is known of a visitor makes room for other fields. Empty: all.")),
      ])
  }

  private static func look(_ texts: Texts) -> FormSection {
    FormSection(
      texts("Look"),
      [
        FormField(
          "renderStyle", texts("Bring a look along"), .flag,
          hint: texts(
            "Any rule of your site's own style sheet wins. Without it the site gives the form its look."
          ),
          initial: true),
        FormField(
          "noIndex", texts("Hide the form's own page from search engines"), .flag, initial: true),
        FormField(
          "inKioskMode", texts("Kiosk mode"), .flag,
          hint: texts(
            "For a device that many people use: who sends is not taken for the visitor before.")),
        FormField(
          "formAttributes", texts("Attributes of the form's element"),
          hint: texts(#"HTML such as class="wide"."#)),
      ])
  }

  /// No subject and no message: no confirmation is asked for.
  static func prepare(_ members: inout JSONObject) {
    if let confirmation = members["doubleOptIn"],
      (confirmation["subject"]?.text ?? "").isEmpty, (confirmation["message"]?.text ?? "").isEmpty
    {
      members["doubleOptIn"] = .null
    }
    for name in ["consentText", "progressiveProfilingLimit", "formAttributes", "language"]
    where members[name] == .string("") {
      members[name] = .null
    }
  }
}

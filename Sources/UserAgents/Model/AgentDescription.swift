/// What a user agent says of the program that sent it. Names are those of Matomo's lists, which are
/// the names on the wire.
package struct AgentDescription: Sendable, Equatable {
  /// A program that is no visitor: a crawler, a monitor, a validator.
  package struct Bot: Sendable, Equatable {
    package var name: String
    /// Such as `Search bot`; empty where the list has none.
    package var category = ""
  }

  /// An operating system.
  package struct System: Sendable, Equatable {
    package var name: String
    /// The three letters of the list, `UNK` for a system that it does not name.
    package var code: String
    /// Empty where the text does not tell.
    package var version = ""
    /// Such as `x64` or `ARM`; empty where the text does not tell.
    package var platform = ""
    /// The group of systems, such as `Android` or `GNU/Linux`; nil if there is none.
    package var family: String?
  }

  /// The program: a browser, an app, a library.
  package struct Client: Sendable, Equatable {
    /// `browser`, `feed reader`, `mobile app`, `mediaplayer`, `pim` or `library`.
    package var type: String
    package var name: String
    /// Empty where the text does not tell.
    package var version = ""
    /// What only browsers have.
    package var browser: Browser?
  }

  /// What is known of a browser beside its name.
  package struct Browser: Sendable, Equatable {
    /// The two letters of the list.
    package var code: String
    /// Such as `Blink`; empty if unknown.
    package var engine: String
    /// Empty where the text does not tell.
    package var engineVersion: String
    /// The browser that this one is a kind of; nil if there is none.
    package var family: String?
  }

  /// The device.
  package struct Device: Sendable, Equatable {
    /// `nil` if it cannot be told.
    package var kind: AgentDeviceKind?
    /// Empty if unknown.
    package var brand = ""
    /// Empty if unknown.
    package var model = ""
  }

  /// Present for bots, of which nothing else is reported.
  package var bot: Bot?
  package var system: System?
  package var client: Client?
  package var device = Device()

  /// Creates a description of something unknown.
  package init() {}
}

/// The kinds of devices; the raw values are those of the wire format.
package enum AgentDeviceKind: String, Sendable, CaseIterable {
  case desktop, smartphone, tablet, tv, console, camera, phablet, wearable, peripheral
  case featurePhone = "feature phone"
  case carBrowser = "car browser"
  case smartDisplay = "smart display"
  case portableMediaPlayer = "portable media player"
  case smartSpeaker = "smart speaker"
}

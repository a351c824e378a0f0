"""Reasons. Every decision returns one: a sentence for the agent and one that is safe for the customer.

A reason goes to the fact, the log line and the test. It never holds personal data.
"""

from __future__ import annotations

from enum import Enum


class Because(Enum):
    """Why something was done, held back or refused."""

    # the life of a case
    FAULT_RAISED = "A rule found the device failing.", "Your device told us that something is wrong."
    FAULT_JOINED = "Another fault of the same device joined this case.", "We added a second finding."
    SAME_RULE_AGAIN = "The same fault came back within 24 hours.", "The problem has come back."
    HOLD_DOWN = "Waiting for the hold-down: it may heal by itself.", "We are watching it for a moment."
    HEALED_ALONE = "The device recovered before anybody was contacted.", "It went away by itself."
    HOLD_OVER = "The hold-down is over and the fault is still there.", "The problem is still there."
    LADDER_STEP = "The next step of the ladder is due.", "We have not heard from you yet."
    SAFETY_AT_ONCE = "A safety fault goes to the on-call agent at once.", "This is urgent."
    CUSTOMER_ASKED = "The customer asked for help first.", "You asked us."
    CUSTOMER_ANSWERED = "The customer answered.", "You answered."
    VISIT_BOOKED = "The customer has booked a visit.", "You have booked a visit."
    CALL_BOOKED = "The customer has booked a call.", "You have booked a call."
    BOOKING_CANCELLED = "A booking was cancelled.", "Your appointment was cancelled."
    STEPS_WANTED = "The customer went back to the guided fix.", "We continue with the guided steps."
    PROOF_ASKED = "The command needs a proof of who agrees.", "We make sure that it is you."
    DANGER_TOLD = (
        "The customer told of danger: fire, smoke, gas, an electric shock or somebody hurt.",
        "You told us of a danger.",
    )
    CUSTOMER_WANTS_PERSON = "The customer asked for a person.", "You asked for a person."
    NOT_UNDERSTOOD = "The customer's words were not understood twice.", "We did not understand you."
    PLAY_ENDED = "The guided fix ended without proof that it worked.", "The steps did not solve it."
    NO_PLAY = "There is no guided fix for this fault.", "A person has to look at this."
    COMMAND_FAILED = "The device did not carry out the command.", "The device did not respond."
    LADDER_ENDED = "Every step of the ladder has been tried.", "We could not reach you."
    CANNOT_BE_CONTACTED = "Nobody may or can be contacted about this.", "We cannot reach you."
    DEVICE_RECOVERED = "Telemetry shows that the device has recovered.", "Your device works again."
    NOT_RECOVERED = "Telemetry shows the fault still there.", "It is not fixed yet."
    AGENT_TOOK = "An agent took the case.", "A person is looking at it."
    AGENT_RESOLVED = "An agent closed the case.", "Our team closed this."
    AGENT_HANDED_BACK = "An agent handed the case back to the hub.", "We continue with the guided steps."
    AGENT_WROTE = "An agent wrote.", "Our team wrote to you."
    CASE_EXPIRED = "The case is older than its life allows.", "This is out of date."
    KNOWN_AT_GO_LIVE = "The fault was already there when sending went live.", "This was known before."
    SHADOW_RULE = "The rule is on trial: it is counted and never contacts.", "We are only testing this."
    ONLY_LISTED = "This severity is listed for agents and contacts nobody.", "We keep an eye on it."
    SEVERITY_CHANGED = "The fault got better or worse.", "The problem has changed."
    UNSTABLE = (
        "The fault comes and goes; it is one episode until it has been calm for an hour.",
        "It comes and goes.",
    )
    CUSTOMER_SILENT = (
        "The customer answered and then fell silent; the fault is still there.",
        "We lost touch.",
    )
    CHANNEL_ABSENT = "This channel is not set up here.", "We cannot reach you that way."
    SELF_HEAL = (
        "A safe command was sent to the device before anybody is asked.",
        "We tried to fix it from here.",
    )
    FIX_TRIED = (
        "Something was tried; telemetry will show whether it worked.",
        "We are watching whether it worked.",
    )
    SNOOZED = "The customer asked us to come back later.", "You asked us to come back later."
    CUSTOMER_RETURNED = "The customer wrote again after the end.", "You wrote to us again."
    NO_CUSTOMER = "No customer is known for this device.", "We do not know the owner."
    GROUP_FAULT = (
        "Many devices show the same fault at once: a person looks at it as one matter.",
        "Several devices show this at once, and our team is looking into it.",
    )
    NO_SECOND_CONTACT = "No second contact person is known.", "We know of nobody else to ask."
    SUPERVISOR_ALERTED = (
        "It is urgent and nobody at the desk has taken it: a supervisor was alerted.",
        "This is urgent, and more of us are looking at it.",
    )
    INFORMED = (
        "The customer has been told; the fault is minor, so we keep watching it.",
        "We told you, and keep an eye on it.",
    )
    BUNDLED = "Told together with other faults of the household.", "We told you several things at once."
    WAITS_FOR_COMPANY = (
        "Waiting a little, so that several things are told in one message.",
        "We wait a little, to write to you only once.",
    )
    LINK_OPENED = "The customer opened the link: seen, not answered.", "You have seen our message."
    AGENT_REMINDED = "The agent has not been heard of for a while.", "A person is looking at it."
    CANNOT_BE_READ = (
        "Something of this case cannot be read: tell who runs the hub.",
        "A person will look at it.",
    )
    AGENT_LEFT = (
        "Whoever had it is no longer at the desk; somebody else is needed.",
        "A person will look at it.",
    )
    AGENT_SILENT = (
        "The agent who took it did not confirm it; somebody else is needed.",
        "A person will look at it.",
    )
    WAITS_FOR_DEVICE = "The device is asleep; the command leaves when it wakes.", "Your device is asleep."
    NOT_WANTED = "The case has ended before it left.", "It is no longer needed."
    COMES_BACK_LATER = "The customer asked us to come back later.", "You asked us to come back later."
    GOT_WORSE = "It got worse while the customer wanted no messages.", "It has got worse."
    OWNER_CHANGED = "The device has another owner now.", "This device is no longer yours."

    # the gate
    ALLOWED = "Every stage of the gate allowed it.", "You agreed to hear from us about this."
    KILL_SWITCH = "All contacts are paused by the kill switch.", "Messages are paused."
    PAUSED_HERE = (
        "Its rule, channel, provider or incident is paused by a supervisor.",
        "Messages of this kind are paused.",
    )
    MODE_PAPER = "Sending mode is paper: it is written down, not sent.", "This was only a rehearsal."
    NOT_A_TEST_NUMBER = "Sending mode is test-numbers and this is none.", "We are only testing."
    CASE_CLOSED = "The case is no longer open.", "This is already settled."
    ALREADY_ACKNOWLEDGED = "Somebody has already acknowledged it.", "You have already answered."
    NO_BASIS = "No recorded basis for this purpose and channel.", "You have not agreed to this."
    SUPPRESSED = "The customer said stop.", "You asked us to stop."
    ADDRESS_UNHEALTHY = "The address is suspended or dead.", "We cannot use this address."
    QUIET_HOURS = "It is quiet time where the person lives.", "We do not write at night."
    CAP_CASE = "This case has had all the messages it may have.", "We have written about this enough."
    CAP_CUSTOMER = "The customer has had all the messages for now.", "We have written to you enough."
    CAP_FLEET = "The fleet-wide cap on first contacts is reached; sending pauses.", "Please be patient."
    OPEN_QUESTION = "Another question to this address is still open.", "We asked you something else first."
    TEXT_REFUSED = "The text lint refused the message.", "Something is wrong with our message."
    PREFERENCE_OFF = "The person has switched this channel or purpose off.", "You switched this off."
    WANTS_PEACE = "The person asked for peace until later.", "You asked us to leave you in peace for a while."
    REST_DAY = "It is a day on which nobody is disturbed.", "We do not write on such a day."
    ANNOUNCEMENT_HOURS = (
        "A shared speaker speaks between 09:00 and 20:00 only.",
        "We do not speak up so early or late.",
    )
    CAP_HOUSEHOLD = (
        "Somebody of the household has just been told something.",
        "We have just written to your home.",
    )
    CAP_RULE = (
        "The same fault was closed a short while ago, and it is no worse now.",
        "We spoke about this a short while ago.",
    )
    CAP_SAFETY = "A safety message went out on this channel minutes ago.", "We have just warned you."
    CAP_CALLS = "The person has been called enough for now.", "We have called you enough for today."
    REMINDER_GAP = "The last reminder on this channel is too recent.", "We reminded you a short while ago."
    INCIDENT_HOLD = (
        "Many devices show this at once: single contacts wait for a decision about the incident.",
        "Several devices show this at once, and our team is looking into it.",
    )
    INCIDENT_TURN = (
        "The incident speaks for all of them, one household after the other: this one waits for its turn.",
        "Several devices show this at once, and our team is looking into it.",
    )
    BEHIND_GATEWAY = (
        "The fault of its gateway explains this one: it waits for the gateway.",
        "What it is connected through has a fault, and that comes first.",
    )
    PACING = (
        "Messages leave one after the other, so that everybody can be answered.",
        "It will come a little later.",
    )
    NO_ADDRESS = "The person has no address for this channel.", "We have no such address of yours."

    # messages
    SENT = "The carrier accepted it.", "We sent it."
    PUBLISHED = "The device's broker took it.", "We asked your device."
    CARRIER_REFUSED = "The carrier refused it for good.", "We could not deliver it."
    CARRIER_BUSY = "The carrier asked to try later.", "It will come a little later."
    IN_DOUBT = "Nobody can tell whether it was sent; a person decides.", "It may have been sent twice."
    PROVIDER_DOWN = (
        "The provider has failed for too long; the next step of the ladder is taken instead.",
        "We try to reach you another way.",
    )
    RELEASED = "A person looked at it and had it sent.", "We sent it."
    DROPPED = "A person looked at it and had it dropped.", "We did not send it."
    CROSSED = "It was already on its way when the case was acknowledged.", "Our messages crossed."
    EXPIRED = "It was too old to be useful.", "It was out of date."
    OPTED_OUT_AT_CARRIER = "The carrier says the person has opted out.", "You asked your carrier to stop."
    RECEIPT = "The carrier told what became of it.", "Your provider told us how it went."
    RECEIPT_UNKNOWN = (
        "The carrier told something that nobody here knows.",
        "Your provider told us how it went.",
    )
    SENT_AGAIN = "Nobody can tell whether it was sent, so it was sent again.", "It may have come twice."
    PROVEN_ABSENT = "The carrier never had it, so it is sent again.", "It will come a little later."
    NUMBER_GIVEN_UP = "The number was given up and may be somebody else's.", "This number is no longer yours."
    SPEAKER_ON = "The person allows notices on their speaker.", "You allowed notices on your speaker."
    SPEAKER_OFF = "The person wants no notices on their speaker.", "You want no notices on your speaker."
    LANDLINE = "The number is a landline: it gets no texts, but it rings.", "We cannot text this number."
    WRONG_NUMBER = "The person says the number is wrong.", "You told us this is a wrong number."

    # consent
    STOP_SAID = "The person said stop.", "You asked us to stop."
    STOP_IN_OWN_WORDS = (
        "The person asked us to stop in their own words; it counts, and somebody reads it again.",
        "You asked us to stop.",
    )
    PREFERENCE_CHANGED = "The person's preferences were changed.", "You changed what you hear from us."
    PIN_SET = "The person set a PIN on their own page.", "You set a PIN on your page."
    PIN_REMOVED = "The PIN was removed.", "Your PIN was removed."
    BASIS_RECORDED = "A basis was recorded.", "You agreed to hear from us."
    BASIS_WITHDRAWN = "A basis was withdrawn.", "You took back what you had agreed to."
    IMPORT_UNDONE = "The import was taken back.", "We corrected our records."
    ERASED = "The person was erased.", "We have erased what we knew about you."
    UNSUBSCRIBED = "The person wants nothing more on this channel.", "You asked us not to use this any more."
    START_SAID = "The person said start.", "You asked us to start again."
    HELP_SAID = "The person asked for help.", "You asked for help."
    IMPORTED = "It was imported.", "It came from our records."

    # incidents
    INCIDENT_FOUND = (
        "The same fault on many devices at once looks like one matter.",
        "Many devices show this at once.",
    )
    INCIDENT_SECOND = (
        "So many households need the approval of a second person.",
        "Many devices show this at once.",
    )
    INCIDENT_REWORDED = (
        "What it says has changed: so many households need the approval of two people again.",
        "Many devices show this at once.",
    )
    INCIDENT_APPROVED = "The incident speaks for all of them.", "Many devices show this at once."
    INCIDENT_REJECTED = "It is not one matter: contacts go on one by one.", "We look at your device alone."
    INCIDENT_LAPSED = (
        "Nobody decided about the incident in time: contacts go on one by one.",
        "We look at your device alone.",
    )
    INCIDENT_FAILING = (
        "Too many of the incident's messages failed: it stopped by itself.",
        "We stopped to check our messages.",
    )
    INCIDENT_UNWELCOME = (
        "Too many people said stop after the incident's message: it stopped by itself.",
        "We stopped to check our messages.",
    )
    INCIDENT_EDITED = "A supervisor changed what the incident says.", "There is news."
    INCIDENT_TOLD = "The household was told by the incident.", "We told you about it."
    INCIDENT_OVER = "The incident is over.", "It is over."
    GATEWAY_DOWN = (
        "The gateway that this device is heard through has a fault that explains this one.",
        "We look at the connection first.",
    )

    # hub
    GO_LIVE = "Sending went live.", "We are live."
    PAUSED = "A supervisor paused all contacts.", "Messages are paused."
    RESUMED = "A supervisor resumed contacts.", "Messages run again."
    ALARM = "Something is wrong with the hub itself; operators are told.", "We are looking into it."
    ALARM_OVER = "What was wrong with the hub is over.", "It is well again."
    RESTORED = (
        "The hub came back from a backup: what was waiting then may have been sent since.",
        "We had to start again from a copy of our records.",
    )
    PUSH_ON = "The person turned notifications on.", "You turned notifications on."
    PUSH_OFF = "The person turned notifications off.", "You turned notifications off."
    RETENTION = "It is older than we may keep it.", "We no longer keep it."

    def __init__(self, agent: str, customer: str) -> None:
        self.agent = agent
        self.customer = customer

    def __str__(self) -> str:
        return self.name.lower()

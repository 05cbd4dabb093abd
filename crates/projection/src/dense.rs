//! How days, instants and grounds stand in the dense form of a row, which only this program reads:
//! as numbers. In JSON, which people read too, they stay what they are everywhere else.

/// A day as the number of days since 31 December of the year before 1, in every format: read much
/// faster than the usual form.
pub(crate) mod day_number {
    use chrono::{Datelike, NaiveDate};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i32(day.num_days_from_ce())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        of(i32::deserialize(from)?)
    }

    /// The day of a number.
    pub(super) fn of<E: Error>(days: i32) -> Result<NaiveDate, E> {
        NaiveDate::from_num_days_from_ce_opt(days).ok_or_else(|| E::custom("a day out of range"))
    }
}

/// A day, dense as a [`day_number`].
pub(crate) mod day {
    use super::day_number;
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return day.serialize(to);
        }
        day_number::serialize(day, to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        if from.is_human_readable() {
            return NaiveDate::deserialize(from);
        }
        day_number::deserialize(from)
    }
}

/// A day or none, dense as a [`day_number`].
pub(crate) mod maybe_day {
    use chrono::{Datelike, NaiveDate};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands fields over like this")]
    pub(crate) fn serialize<S: Serializer>(
        day: &Option<NaiveDate>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return day.serialize(to);
        }
        day.map(|day| day.num_days_from_ce()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<NaiveDate>, D::Error> {
        if from.is_human_readable() {
            return Option::deserialize(from);
        }
        let days = Option::<i32>::deserialize(from)?;
        days.map(super::day_number::of).transpose()
    }
}

/// An instant: microseconds since 1970.
pub(crate) mod instant {
    use chrono::{DateTime, Utc, serde::ts_microseconds};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return at.serialize(to);
        }
        ts_microseconds::serialize(at, to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        if from.is_human_readable() {
            return DateTime::deserialize(from);
        }
        ts_microseconds::deserialize(from)
    }
}

/// The ground of a restriction, whose stored form leaves out what it has not, which a format without names
/// cannot read: its JSON.
pub(crate) mod ground {
    use domain::action::Ground;
    use serde::{
        Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _,
    };

    #[expect(clippy::ref_option, reason = "serde hands fields over like this")]
    pub(crate) fn serialize<S: Serializer>(
        ground: &Option<Ground>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return ground.serialize(to);
        }
        serde_json::to_string(ground)
            .map_err(S::Error::custom)?
            .serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Ground>, D::Error> {
        if from.is_human_readable() {
            return Option::deserialize(from);
        }
        serde_json::from_str(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

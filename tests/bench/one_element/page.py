"""The page of the app that shows nothing: one element, which the viewers know a whole page by."""

import streamlit as st

st.html('<footer class="yp-footer">-</footer>')

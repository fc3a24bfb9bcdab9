"""Small tools of the web, without knowledge of the stages that use them."""
